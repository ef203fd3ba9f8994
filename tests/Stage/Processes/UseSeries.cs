using System.Globalization;

namespace Culvert.Stage.Processes;

/// <summary>What one program holds in the course of a run, sampled at even times.</summary>
internal sealed class UseSeries(string name, ProgramProcess process)
{
    /// <summary>Buffers and pools breathe by as much, whatever the length of the run.</summary>
    private const double SpareKiB = 32 * 1024;

    private const double SpareShare = 1.10;

    private const double SpareDescriptors = 24;

    private const double SpareThreads = 12;

    /// <summary>A pool that waits for the machine grows by one or two a second; one that leaks a thread for each call, by all calls.</summary>
    private const double SpareWorkers = 64;

    private readonly List<ProgramUse> samples = [];

    public string Name => name;

    public void Sample() => samples.Add(ProgramUse.Of(process));

    /// <summary>From the second fifth, when everything is warm, to the last.</summary>
    public string Describe() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{name} {In(1, u => u.ResidentKiB) / 1024:0} → {In(4, u => u.ResidentKiB) / 1024:0} MiB, {In(1, u => u.Descriptors):0} → {In(4, u => u.Descriptors):0} descriptors, {In(1, u => u.Threads):0} → {In(4, u => u.Threads):0} threads and {In(1, u => u.Workers):0} → {In(4, u => u.Workers):0} of the pool"
        );

    /// <summary>What the program has more of in the last fifth than in the second, one line each; empty where nothing grew.</summary>
    public IEnumerable<string> FindGrowth() =>
        new[]
        {
            FindGrowth("memory in KiB", u => u.ResidentKiB, start => (start * SpareShare) + SpareKiB),
            FindGrowth("descriptors", u => u.Descriptors, start => start + SpareDescriptors),
            FindGrowth("threads", u => u.Threads, start => start + SpareThreads),
            FindGrowth("threads of the pool", u => u.Workers, start => start + SpareWorkers),
        }.OfType<string>();

    /// <summary>How much more of it the program has in the last fifth than in the second.</summary>
    public double GetGrowth(Func<ProgramUse, double> part) => In(4, part) - In(1, part);

    private string? FindGrowth(string what, Func<ProgramUse, double> part, Func<double, double> most)
    {
        var (start, end) = (In(1, part), In(4, part));
        return end < most(start)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{name}: {what} grew from {start:0} to {end:0}");
    }

    // The median: a sample may fall into a burst.
    private double In(int fifth, Func<ProgramUse, double> part)
    {
        var length = samples.Count / 5;
        double[] values = [.. samples.Skip(fifth * length).Take(length).Select(part).Order()];
        return values[values.Length / 2];
    }
}
