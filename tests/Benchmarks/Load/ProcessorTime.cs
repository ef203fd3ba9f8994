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

    /// <summary>The same of a process and its children, also of those that have ended (fields 16 and 17).</summary>
    public static TimeSpan OfFamily(int pid)
    {
        var (_, total, ended) = Parse(Read(Process(pid)));
        total += ended;
        foreach (var (parent, spent, _) in ReadAll("/proc").Select(Parse))
        {
            total += parent == pid ? spent : TimeSpan.Zero;
        }

        return total;
    }

    /// <summary>
    /// What a process has spent on compiling hot code again, in the background; zero for a program that was compiled ahead of
    /// time.
    /// </summary>
    public static TimeSpan OfCompiler(int pid)
    {
        var total = TimeSpan.Zero;
        foreach (var stat in ReadAll(Path.Combine(Process(pid), "task")))
        {
            total += stat.Contains(Compiler, StringComparison.Ordinal) ? Parse(stat).Spent : TimeSpan.Zero;
        }

        return total;
    }

    // Of all processes, or of all threads of one.
    private static IEnumerable<string> ReadAll(string folder)
    {
        foreach (var one in Directory.EnumerateDirectories(folder))
        {
            if (int.TryParse(Path.GetFileName(one), CultureInfo.InvariantCulture, out _) && TryRead(one) is { } stat)
            {
                yield return stat;
            }
        }
    }

    // Null: it ended while we looked.
    private static string? TryRead(string folder)
    {
        try
        {
            return Read(folder);
        }
        catch (IOException)
        {
            return null;
        }
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
