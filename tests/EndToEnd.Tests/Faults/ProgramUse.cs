using System.Globalization;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>What a process holds at a moment, as the kernel counts it.</summary>
/// <param name="Descriptors">Open files and sockets.</param>
/// <param name="ResidentKiB">Memory.</param>
internal sealed record ProgramUse(int Descriptors, double ResidentKiB)
{
    public static ProgramUse Of(ProgramProcess process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Stamp.Pid}");
        var line = File.ReadLines($"{folder}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return new ProgramUse(
            Directory.EnumerateFileSystemEntries($"{folder}/fd").Count(),
            double.Parse(line[6..^2], CultureInfo.InvariantCulture)
        );
    }
}
