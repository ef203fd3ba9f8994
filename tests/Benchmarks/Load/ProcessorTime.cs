using System.Globalization;

namespace Culvert.Benchmarks.Load;

/// <summary>What a process has taken of the cores since its start (fields 14 and 15 of <c>/proc/PID/stat</c>).</summary>
internal static class ProcessorTime
{
    // USER_HZ is 100 on every Linux that .NET runs on.
    private const int TicksPerSecond = 100;

    public static TimeSpan Of(int pid)
    {
        var (_, spent, _) = Read(pid);
        return spent;
    }

    /// <summary>The same of a process and its children, also of those that have ended (fields 16 and 17).</summary>
    public static TimeSpan OfFamily(int pid)
    {
        var (_, total, ended) = Read(pid);
        total += ended;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var other))
            {
                try
                {
                    var (parent, spent, _) = Read(other);
                    total += parent == pid ? spent : TimeSpan.Zero;
                }
                catch (IOException)
                {
                    // It ended while we looked.
                }
            }
        }

        return total;
    }

    private static (int Parent, TimeSpan Spent, TimeSpan OfEnded) Read(int pid)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        // The command name may hold any character: what follows its last parenthesis starts with field 3.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            Seconds(fields[11], fields[12]),
            Seconds(fields[13], fields[14])
        );
    }

    private static TimeSpan Seconds(string user, string system) =>
        TimeSpan.FromSeconds((double)(Ticks(user) + Ticks(system)) / TicksPerSecond);

    private static long Ticks(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
