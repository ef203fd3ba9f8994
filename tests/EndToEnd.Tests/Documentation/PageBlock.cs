namespace Culvert.EndToEnd.Tests.Documentation;

/// <summary>A block of a page that is executed: <c>```sh run</c>.</summary>
/// <param name="Line">Of the page, where the block's text begins.</param>
/// <param name="Heading">The section of the second level that contains it.</param>
/// <param name="Commands">The text.</param>
/// <param name="Output">What the <c>```output</c> block after it promises, with <c>…</c> for anything; null = nothing.</param>
internal sealed record PageBlock(int Line, string Heading, string Commands, string? Output);
