using System.Globalization;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>What a process holds in memory, as the kernel counts it.</summary>
internal static class ResidentMemory
{
    public static double KiB(int pid)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"))
            .First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line[6..^2], CultureInfo.InvariantCulture);
    }
}
