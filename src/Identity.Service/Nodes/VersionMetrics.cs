using System.Diagnostics.Metrics;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Nodes;

/// <summary>The number of programs in the installation with a version other than this node's, as a metric.</summary>
internal sealed class VersionMetrics : RecurringJob
{
    /// <summary>Only agents of the oldest tunnels: each round reads a report of each.</summary>
    private const int MaxAgents = 1000;

    private readonly VersionStore store;
    private readonly Meter meter = new(ServiceMeters.MeterName);
    private volatile IReadOnlyList<Measurement<int>> counts = []; // replaced whole by each round

    public VersionMetrics(VersionStore store, TimeProvider time)
        : base(
            "version_metrics",
            "Counts nodes, edges and agents by version.",
            TimeSpan.FromMinutes(1),
            time,
            beginsAtOnce: true
        )
    {
        this.store = store;
        RoundFailed += _ => counts = []; // unknown values are not shown: an outdated one would be worse
        meter.CreateObservableGauge(
            "culvert_programs",
            () => counts,
            description: "Nodes, edges and agents, by kind and skew: same, older, newer, unsupported or unknown against this node's version; of agents, the first 1,000."
        );
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    protected override async Task RunRoundAsync(CancellationToken cancellationToken)
    {
        var programs = await store.ListAsync(Time.GetUtcNow(), MaxAgents, cancellationToken);
        counts =
        [
            .. programs
                .CountBy(program => (program.Kind, Skew: Skew.Describe(ProgramVersion.Current, program.Version)))
                .Select(group => new Measurement<int>(
                    group.Value,
                    new("kind", group.Key.Kind),
                    new("skew", group.Key.Skew)
                )),
        ];
    }
}
