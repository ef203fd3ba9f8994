namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>A part of a pattern before repetitions are unrolled.</summary>
internal abstract record CelPatternNode
{
    public sealed record Characters(CelPatternSet Set) : CelPatternNode;

    /// <summary>A position between characters.</summary>
    public sealed record Place(CelPatternKind Kind) : CelPatternNode;

    public sealed record Sequence(IReadOnlyList<CelPatternNode> Parts) : CelPatternNode;

    public sealed record Alternatives(IReadOnlyList<CelPatternNode> Parts) : CelPatternNode;

    /// <param name="Max">Null = unlimited.</param>
    public sealed record Repetition(CelPatternNode Part, int Min, int? Max) : CelPatternNode;
}
