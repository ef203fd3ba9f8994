using System.Globalization;
using Culvert.EndToEnd.Tests.Faults;
using Shouldly;

namespace Culvert.EndToEnd.Tests.Load;

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

    public void Sample() => samples.Add(ProgramUse.Of(process));

    /// <summary>From the second fifth, when everything is warm, to the last.</summary>
    public string Describe() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{name} {In(1, u => u.ResidentKiB) / 1024:0} → {In(4, u => u.ResidentKiB) / 1024:0} MiB, {In(1, u => u.Descriptors):0} → {In(4, u => u.Descriptors):0} descriptors, {In(1, u => u.Threads):0} → {In(4, u => u.Threads):0} threads and {In(1, u => u.Workers):0} → {In(4, u => u.Workers):0} of the pool"
        );

    public void ShouldBeFlat()
    {
        In(4, u => u.ResidentKiB)
            .ShouldBeLessThan((In(1, u => u.ResidentKiB) * SpareShare) + SpareKiB, $"{name}: memory");
        In(4, u => u.Descriptors)
            .ShouldBeLessThan(In(1, u => u.Descriptors) + SpareDescriptors, $"{name}: descriptors");
        In(4, u => u.Threads).ShouldBeLessThan(In(1, u => u.Threads) + SpareThreads, $"{name}: threads");
        In(4, u => u.Workers).ShouldBeLessThan(In(1, u => u.Workers) + SpareWorkers, $"{name}: threads of the pool");
    }

    // The median: a sample may fall into a burst.
    private double In(int fifth, Func<ProgramUse, double> part)
    {
        var length = samples.Count / 5;
        double[] values = [.. samples.Skip(fifth * length).Take(length).Select(part).Order()];
        return values[values.Length / 2];
    }
}
