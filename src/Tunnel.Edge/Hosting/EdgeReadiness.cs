using Culvert.Platform.Health;
using Culvert.Tunnel.Edge.Configuration;
using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Hosting;

internal static class EdgeReadiness
{
    /// <summary>Fails while the edge is stopping or draining, so that load balancers send no clients.</summary>
    public static ReadinessCheck Drain(Func<bool> isDraining) =>
        ReadinessCheck.Create("draining", () => isDraining() ? "The edge sends agents and clients elsewhere." : null);

    public static ReadinessCheck Agents(Func<bool> awaitsAgents) =>
        ReadinessCheck.Create("agents", () => awaitsAgents() ? "The agents are still awaited (agents.settle)." : null);

    /// <summary>Fails after the offline grace, when the edge accepts no new agents (S10).</summary>
    public static ReadinessCheck Contact(EdgeState state, Func<EdgeSettings> settings, TimeProvider time) =>
        ReadinessCheck.Create(
            "service_contact",
            () =>
                state.AgeOfFeed(time.GetUtcNow(), settings().Agents.OfflineGrace) == FeedAge.Stale
                    ? state.LastContact is { } last
                        ? $"The last contact to the service was at {last:u}; the edge accepts no new agents."
                        : "The edge has had no contact to the service."
                    : null
        );
}
