namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>One known cause of denials, and how to tell it.</summary>
internal interface IHint
{
    /// <summary>Stable; documented in <c>docs/explain.md</c>.</summary>
    string Code { get; }

    /// <summary>One sentence without any value of the rule, or null when this is not the cause.</summary>
    string? Find(HintFacts facts);
}
