namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>What to check for a denial of a known kind.</summary>
/// <param name="Code">Stable; documented in <c>docs/explain.md</c>.</param>
/// <param name="Text">
/// One sentence with the token's values and the platform's behaviour, never with the rule's: callers may read it.
/// </param>
internal sealed record Hint(string Code, string Text);
