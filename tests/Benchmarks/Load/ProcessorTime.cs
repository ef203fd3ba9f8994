using System.Globalization;

namespace Culvert.Benchmarks.Load;

/// <summary>What a process has taken of the cores since its start (fields 14 and 15 of <c>/proc/PID/stat</c>).</summary>
internal static class ProcessorTime
{
    // USER_HZ is 100 on every Linux that .NET runs on.
    private const int TicksPerSecond = 100;

    public static TimeSpan Of(int pid)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        // The command name may hold any character: what follows its last parenthesis starts with field 3.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((double)(Ticks(fields[11]) + Ticks(fields[12])) / TicksPerSecond);
    }

    private static long Ticks(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
