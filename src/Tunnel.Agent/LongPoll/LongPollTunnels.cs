using Culvert.Tunnel.Agent.Tunnels;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>The agent's tunnels of other providers whose control plane it polls.</summary>
internal sealed class LongPollTunnels(LongPollParts parts, IReadOnlyList<LongPollSettings> initial)
    : ProviderTunnels<LongPollSettings, LongPollTunnel>(initial)
{
    public IReadOnlyList<LongPollStatus> Status => [.. Serving.Select(t => t.Status)];

    protected override LongPollTunnel Create(LongPollSettings settings) => new(settings, parts);

    protected override void DisposeShared() => parts.Metrics.Dispose();
}
