using System.Globalization;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>The most memory that a process held at any moment since the watch began, as the kernel counts it.</summary>
internal sealed class PeakMemory
{
    private readonly string folder;
    private readonly double before;

    private PeakMemory(string folder, double before) => (this.folder, this.before) = (folder, before);

    /// <summary>How much more than at the beginning.</summary>
    public double GrowthKiB => Read(folder) - before;

    /// <summary>Begins to watch: the peak is what the process holds now.</summary>
    public static PeakMemory Watch(ProgramProcess process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Stamp.Pid}");
        File.WriteAllText($"{folder}/clear_refs", "5"); // proc_pid_clear_refs(5): resets the peak
        return new PeakMemory(folder, Read(folder));
    }

    // "VmHWM:	   12345 kB"
    private static double Read(string folder)
    {
        const string Name = "VmHWM:";
        var line = File.ReadLines($"{folder}/status").First(one => one.StartsWith(Name, StringComparison.Ordinal));
        return double.Parse(line[Name.Length..^2].Trim(), CultureInfo.InvariantCulture);
    }
}
