using System.Globalization;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>What a process holds at a moment, as the kernel counts it.</summary>
/// <param name="Descriptors">Open files and sockets.</param>
/// <param name="ResidentKiB">Memory.</param>
/// <param name="Threads">Of the kernel.</param>
internal sealed record ProgramUse(int Descriptors, double ResidentKiB, int Threads)
{
    public static ProgramUse Of(ProgramProcess process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Stamp.Pid}");
        var status = File.ReadAllLines($"{folder}/status");
        return new ProgramUse(
            Directory.EnumerateFileSystemEntries($"{folder}/fd").Count(),
            double.Parse(ValueOf("VmRSS:")[..^2], CultureInfo.InvariantCulture),
            int.Parse(ValueOf("Threads:"), CultureInfo.InvariantCulture)
        );

        // "VmRSS:	   12345 kB"
        string ValueOf(string name) =>
            status.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();
    }
}
