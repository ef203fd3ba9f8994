namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>How often a program has written something to its log since this was made.</summary>
internal sealed class LogCount(ProgramProcess process, string text)
{
    private readonly int before = Count(process, text);

    public int Now => Count(process, text) - before;

    private static int Count(ProgramProcess process, string text)
    {
        using var stream = new FileStream(process.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split(text).Length - 1;
    }
}
