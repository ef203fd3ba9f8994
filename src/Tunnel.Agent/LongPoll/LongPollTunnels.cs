using Culvert.Tunnel.Agent.Tunnels;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>The tunnels of other providers whose control plane the agent polls.</summary>
internal sealed class LongPollTunnels(LongPollParts parts, IReadOnlyList<LongPollSettings> initial)
    : ProviderTunnels<LongPollSettings, LongPollTunnel>(initial)
{
    /// <summary>Of each tunnel of the file.</summary>
    public IReadOnlyList<LongPollStatus> Status => [.. Serving.Select(t => t.Status)];

    protected override LongPollTunnel Create(LongPollSettings settings) => new(settings, parts);

    protected override void DisposeShared() => parts.Metrics.Dispose();
}
