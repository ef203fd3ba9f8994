using System.Globalization;
using Culvert.Benchmarks.Figures;

namespace Culvert.Benchmarks.HighAvailability;

/// <summary>Where the processor time of a load goes: all of it, or of a thousand exchanges.</summary>
internal sealed record HaCost(TimeSpan Services, TimeSpan Database, TimeSpan Balancer, double PerSecond)
{
    /// <summary>For a thousand exchanges of a load.</summary>
    public static HaCost Of(HaCost before, HaCost after, LoadResult load)
    {
        TimeSpan Each(TimeSpan spent) => spent / load.Requests * 1000;
        return new HaCost(
            Each(after.Services - before.Services),
            Each(after.Database - before.Database),
            Each(after.Balancer - before.Balancer),
            load.PerSecond
        );
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{PerSecond:0}/s; for 1,000: service {Services.TotalMilliseconds:0} ms, PostgreSQL {Database.TotalMilliseconds:0} ms, haproxy {Balancer.TotalMilliseconds:0} ms"
        );
}
