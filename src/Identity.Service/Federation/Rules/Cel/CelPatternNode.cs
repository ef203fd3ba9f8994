namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>A part of a pattern before it is unrolled.</summary>
internal abstract record CelPatternNode
{
    public sealed record Characters(CelPatternSet Set) : CelPatternNode;

    /// <summary>A place between characters.</summary>
    public sealed record Place(CelPatternKind Kind) : CelPatternNode;

    public sealed record Sequence(IReadOnlyList<CelPatternNode> Parts) : CelPatternNode;

    public sealed record Alternatives(IReadOnlyList<CelPatternNode> Parts) : CelPatternNode;

    /// <param name="Max">Null = without end.</param>
    public sealed record Repetition(CelPatternNode Part, int Min, int? Max) : CelPatternNode;
}
