using System.Diagnostics.Metrics;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>Shows the readiness of tunnels as metrics, read anew so often that a change shows within 5 s.</summary>
internal sealed class ReadinessMetrics : RecurringWork, IDisposable
{
    /// <summary>The newest tunnels; the rest is found in the API.</summary>
    public const int MostTunnels = 100;

    private readonly ITunnelStore tunnels;
    private readonly TunnelEdges edges;
    private readonly TunnelReadiness readiness;
    private readonly ILogger<ReadinessMetrics> logger;
    private readonly Meter meter = new(ServiceMeters.MeterName);
    private volatile IReadOnlyList<TunnelStatusDocument> known = []; // swapped whole by the loop

    public ReadinessMetrics(
        ITunnelStore tunnels,
        TunnelEdges edges,
        TunnelReadiness readiness,
        TimeProvider time,
        ILogger<ReadinessMetrics> logger
    )
        : base(TimeSpan.FromSeconds(2), time, beginsAtOnce: true)
    {
        (this.tunnels, this.edges, this.readiness, this.logger) = (tunnels, edges, readiness, logger);
        meter.CreateObservableGauge(
            "culvert_tunnel_ready",
            () => known.Select(one => new Measurement<int>(one.Ready ? 1 : 0, Labels(one))),
            description: "Whether calls get through a tunnel: 1, or 0 with the state that says why not."
        );
        meter.CreateObservableGauge(
            "culvert_tunnel_edges_serving",
            () =>
                known.Select(one => new Measurement<int>(
                    one.EdgesServing,
                    new KeyValuePair<string, object?>("tunnel", one.TunnelId)
                )),
            description: "Edges that were heard of and have a live connection of an agent of the tunnel."
        );
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    /// <summary>One look.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
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

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

    // What is not known is not shown: an old answer would be worse than none.
    protected override void Tell(Exception fault)
    {
        known = [];
        Log.ReadinessUnknown(logger, fault);
    }

    private static KeyValuePair<string, object?>[] Labels(TunnelStatusDocument one) =>
        [new("tunnel", one.TunnelId), new("state", one.State)];
}
