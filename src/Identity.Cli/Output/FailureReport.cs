namespace Culvert.Identity.Cli.Output;

/// <summary>What, where, why, what next, and the request id: every failure reads alike.</summary>
internal static class FailureReport
{
    public static void Write(CommandFailure failure, string command, TextWriter error)
    {
        var code = failure.Code is null ? "" : $" ({failure.Code})";
        error.WriteLine($"{command}: {CellText.Safe(failure.Message)}{CellText.Safe(code)}");
        Line("where", failure.Where);
        Line("next", failure.Next);
        Line("request id", failure.RequestId);

        void Line(string name, string? text)
        {
            if (text is not null)
            {
                error.WriteLine($"  {name}: {CellText.Safe(text)}");
            }
        }
    }
}
