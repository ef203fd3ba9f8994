using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>Makes upstreams from their settings.</summary>
/// <param name="forwarder">Shared by all that speak HTTP.</param>
/// <param name="time">Their clock.</param>
/// <param name="resolver">The system's when null.</param>
internal sealed class UpstreamFactory(Forwarder forwarder, TimeProvider time, IHostResolver? resolver = null)
{
    public Upstream Create(UpstreamSettings settings) =>
        settings switch
        {
            HttpUpstreamSettings http => new HttpUpstream(http, new UpstreamConnector(http, time, resolver), forwarder),
            _ => throw new InvalidOperationException($"No upstream has {settings.GetType().Name}."),
        };
}
