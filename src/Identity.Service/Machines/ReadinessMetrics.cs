using System.Diagnostics.Metrics;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Telemetry;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// Publishes tunnel readiness as metrics. While a collector reads them, they are updated every two seconds, so that a change
/// shows within 5 s.
/// </summary>
internal sealed class ReadinessMetrics : RecurringJob
{
    /// <summary>Only the latest tunnels; the API has all of them.</summary>
    public const int MostTunnels = 100;

    /// <summary>After this time without a collection, the database is no longer read for metrics.</summary>
    private static readonly TimeSpan BetweenCollections = TimeSpan.FromMinutes(2);

    private readonly TunnelStore tunnels;
    private readonly TunnelEdges edges;
    private readonly TunnelReadiness readiness;
    private readonly Meter meter = new(ServiceMeters.MeterName);
    private volatile IReadOnlyList<TunnelStatusDocument> known = []; // replaced whole by the loop
    private long collectedTicks; // when the metrics were last read

    public ReadinessMetrics(TunnelStore tunnels, TunnelEdges edges, TunnelReadiness readiness, TimeProvider time)
        : base("tunnel_metrics", "Collects the metrics of tunnels.", TimeSpan.FromSeconds(2), time, beginsAtOnce: true)
    {
        (this.tunnels, this.edges, this.readiness) = (tunnels, edges, readiness);
        RoundFailed += _ => known = []; // unknown values are not shown: an outdated one would be worse
        collectedTicks = time.GetUtcNow().UtcTicks;
        meter.CreateObservableGauge(
            "culvert_tunnel_ready",
            () => Collect().Select(one => new Measurement<int>(one.Ready ? 1 : 0, Labels(one))),
            description: "Whether calls get through a tunnel: 1, or 0 with the state that explains it."
        );
        meter.CreateObservableGauge(
            "culvert_tunnel_edges_serving",
            () =>
                Collect()
                    .Select(one => new Measurement<int>(
                        one.EdgesServing,
                        new KeyValuePair<string, object?>("tunnel", one.TunnelId)
                    )),
            description: "Assigned edges that have reported and have a live connection to an agent of the tunnel."
        );
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    protected override async Task RunRoundAsync(CancellationToken cancellationToken)
    {
        if (Time.GetUtcNow().UtcTicks - Interlocked.Read(ref collectedTicks) > BetweenCollections.Ticks)
        {
            known = [];
            return;
        }

        await UpdateAsync(cancellationToken);
    }

    private async Task UpdateAsync(CancellationToken cancellationToken)
    {
        var relays = await edges.ReadAsync(cancellationToken);
        var shown = new List<TunnelStatusDocument>();
        foreach (
            var tunnel in (await tunnels.ListForEdgesAsync(Time.GetUtcNow(), cancellationToken))
                .Where(tunnel => !tunnel.IsArchived)
                .OrderByDescending(tunnel => tunnel.CreatedAt)
                .Take(MostTunnels)
        )
        {
            shown.Add(await readiness.FindAsync(tunnel, relays, cancellationToken));
        }

        known = shown;
    }

    private IReadOnlyList<TunnelStatusDocument> Collect()
    {
        Interlocked.Exchange(ref collectedTicks, Time.GetUtcNow().UtcTicks);
        return known;
    }

    private static KeyValuePair<string, object?>[] Labels(TunnelStatusDocument one) =>
        [new("tunnel", one.TunnelId), new("state", one.State)];
}
