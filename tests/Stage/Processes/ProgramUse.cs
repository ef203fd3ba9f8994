using System.Globalization;

namespace Culvert.Stage.Processes;

/// <summary>What a process holds at a moment, as the kernel counts it.</summary>
/// <param name="Descriptors">Open files and sockets.</param>
/// <param name="ResidentKiB">Memory.</param>
/// <param name="Threads">Of the kernel, without <paramref name="Workers"/>.</param>
/// <param name="Workers">Threads of the pool: it adds some whenever the machine is late, and ends them when they are idle.</param>
internal sealed record ProgramUse(int Descriptors, double ResidentKiB, int Threads, int Workers)
{
    private const string Worker = ".NET TP Worker";

    public static ProgramUse Of(ProgramProcess process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Stamp.Pid}");
        var status = File.ReadAllLines($"{folder}/status");
        var workers = Directory.EnumerateDirectories($"{folder}/task").Count(IsWorker);
        return new ProgramUse(
            Directory.EnumerateFileSystemEntries($"{folder}/fd").Count(),
            double.Parse(ValueOf("VmRSS:")[..^2], CultureInfo.InvariantCulture),
            int.Parse(ValueOf("Threads:"), CultureInfo.InvariantCulture) - workers,
            workers
        );

        // "VmRSS:	   12345 kB"
        string ValueOf(string name) =>
            status.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();
    }

    private static bool IsWorker(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).TrimEnd() == Worker;
        }
        catch (IOException)
        {
            return false; // it ended in between
        }
    }
}
