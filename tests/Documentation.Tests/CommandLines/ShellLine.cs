namespace Culvert.Documentation.Tests.CommandLines;

/// <summary>A line of a shell block, with the lines that a backslash joins to it.</summary>
/// <param name="Page">The page's path in the repository.</param>
/// <param name="Number">Of its first line.</param>
/// <param name="Heading">The section that contains it, of any level.</param>
/// <param name="Info">The text after the fence that opens its block.</param>
/// <param name="Text">As the page has it, without a prompt.</param>
internal sealed record ShellLine(string Page, int Number, string Heading, string Info, string Text)
{
    public string Place => $"{Page}:{Number}";
}
