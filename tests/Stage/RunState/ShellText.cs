namespace Culvert.Stage.RunState;

internal static class ShellText
{
    /// <summary>One word for a POSIX shell, whatever it holds.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
