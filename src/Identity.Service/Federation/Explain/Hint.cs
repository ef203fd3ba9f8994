namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>What to check, for a denial of a known kind.</summary>
/// <param name="Code">Stable; documented in <c>docs/explain.md</c>.</param>
/// <param name="Text">
/// One sentence. Says what the token says and what platforms do, never what the rule demands: callers may read it.
/// </param>
internal sealed record Hint(string Code, string Text);
