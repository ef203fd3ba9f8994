namespace Culvert.Identity.Service.Federation.Explain.Hints;

internal interface IHint
{
    /// <summary>Stable; documented in <c>docs/explain.md</c>.</summary>
    string Code { get; }

    /// <summary>One sentence without any value of the rule, or null if this is not the cause.</summary>
    string? Find(HintFacts facts);
}
