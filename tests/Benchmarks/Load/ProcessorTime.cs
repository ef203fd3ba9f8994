using System.Globalization;

namespace Culvert.Benchmarks.Load;

/// <summary>What a process has taken of the cores since its start (fields 14 and 15 of <c>/proc/PID/stat</c>).</summary>
internal static class ProcessorTime
{
    // USER_HZ is 100 on every Linux that .NET runs on.
    private const int TicksPerSecond = 100;

    // The kernel keeps 15 characters of a thread's name.
    private const string Compiler = "(.NET Tiered Com)";

    public static TimeSpan Of(int pid)
    {
        var (_, spent, _) = Parse(Read(Process(pid)));
        return spent;
    }

    /// <summary>What of it went into compiling hot code again, in the background; zero for programs that were compiled ahead of time.</summary>
    public static TimeSpan OfCompiler(int pid)
    {
        var total = TimeSpan.Zero;
        foreach (var thread in Directory.EnumerateDirectories(Path.Combine(Process(pid), "task")))
        {
            try
            {
                var stat = Read(thread);
                total += stat.Contains(Compiler, StringComparison.Ordinal) ? Parse(stat).Spent : TimeSpan.Zero;
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }

        return total;
    }

    /// <summary>The same of a process and its children, also of those that have ended (fields 16 and 17).</summary>
    public static TimeSpan OfFamily(int pid)
    {
        var (_, total, ended) = Parse(Read(Process(pid)));
        total += ended;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _))
            {
                try
                {
                    var (parent, spent, _) = Parse(Read(folder));
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

    private static string Process(int pid) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");

    private static string Read(string folder) => File.ReadAllText(Path.Combine(folder, "stat"));

    private static (int Parent, TimeSpan Spent, TimeSpan OfEnded) Parse(string stat)
    {
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
