using System.Diagnostics.Metrics;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Forwarding;

namespace Culvert.Tunnel.Edge.Hosting;

/// <summary>
/// What <c>/metrics</c> shows about agents and tunnels. A scrape reads the per-tunnel counters, so that relaying a chunk
/// costs only an addition. Label values come only from the feed.
/// </summary>
internal static class TunnelMetrics
{
    public static void Observe(
        Meter meter,
        AgentRegistry agents,
        TunnelTrafficRegistry traffic,
        Func<double> feedAge,
        Func<bool> draining
    )
    {
        meter.CreateObservableGauge(
            "culvert_edge_agent_connections",
            () =>
                agents
                    .All.GroupBy(a => a.TunnelId)
                    .Select(g => new Measurement<int>(g.Count(), new KeyValuePair<string, object?>("tunnel", g.Key))),
            description: "Outer connections of agents."
        );
        meter.CreateObservableGauge(
            "culvert_edge_streams",
            () =>
                agents
                    .All.GroupBy(a => a.TunnelId)
                    .Select(g => new Measurement<int>(
                        g.Sum(a => a.OpenStreams),
                        new KeyValuePair<string, object?>("tunnel", g.Key)
                    )),
            description: "Streams on outer connections."
        );
        meter.CreateObservableGauge(
            "culvert_edge_client_connections",
            () => PerTunnel(traffic, t => t.Open),
            description: "Client connections that are being relayed."
        );
        meter.CreateObservableGauge(
            "culvert_edge_feed_age_seconds",
            feedAge,
            description: "Seconds since the last contact to the service; alert at 60 (S10)."
        );
        meter.CreateObservableGauge(
            "culvert_edge_draining",
            () => draining() ? 1 : 0,
            description: "1 while the edge sends agents and clients elsewhere."
        );
        ObserveCounter("culvert_edge_clients_accepted", "Client connections relayed.", t => t.Accepted);
        ObserveCounter("culvert_edge_tunnel_refused", "Client connections refused, of known tunnels.", t => t.Refused);
        ObserveCounter("culvert_edge_clients_cut", "Client connections that the edge closed.", t => t.Cut);
        ObserveCounter("culvert_edge_streams_reopened", "Streams placed on another connection.", t => t.Reopened);
        ObserveCounter("culvert_edge_bytes_from_clients", "Bytes relayed to agents.", t => t.BytesFromClients);
        ObserveCounter("culvert_edge_bytes_to_clients", "Bytes relayed to clients.", t => t.BytesToClients);

        void ObserveCounter(string name, string description, Func<TunnelTraffic, long> value) =>
            meter.CreateObservableCounter(name, () => PerTunnel(traffic, value), description: description);
    }

    private static IEnumerable<Measurement<T>> PerTunnel<T>(TunnelTrafficRegistry traffic, Func<TunnelTraffic, T> value)
        where T : struct =>
        traffic.All.Select(t => new Measurement<T>(value(t), new KeyValuePair<string, object?>("tunnel", t.TunnelId)));
}
