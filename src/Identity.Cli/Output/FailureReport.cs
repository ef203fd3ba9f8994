using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Output;

/// <summary>Writes every failure in the same form: what, where, why, what next, and the request id.</summary>
internal static class FailureReport
{
    public static void Write(CommandFailure failure, string command, TextWriter error)
    {
        var code = failure.Code is null ? "" : $" ({failure.Code})";
        error.WriteLine($"{command}: {Lines(failure.Message, CellText.Safe(code))}");
        Line("where", failure.Where);
        Line("next", failure.Next);
        Line("request id", failure.RequestId);

        void Line(string name, string? text)
        {
            if (text is not null)
            {
                error.WriteLine($"  {name}: {Lines(text)}");
            }
        }
    }

    /// <summary>Further lines of a message are indented, so that none looks like a line of the report itself.</summary>
    private static string Lines(string text, string afterFirst = "") =>
        string.Join(
            "\n    ",
            text.ReplaceLineEndings("\n")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select((line, place) => CellText.Safe(line) + (place == 0 ? afterFirst : ""))
        );
}
