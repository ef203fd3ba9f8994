using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>What one tunnel may use of an edge: <c>tunnel_defaults</c>, or the values of the tunnel's record.</summary>
/// <param name="MaxConnections">Concurrent client connections.</param>
/// <param name="OpenStreams">Concurrent streams on agents' connections; each client connection is one.</param>
/// <param name="BytesPerSecond">Both directions together; 0 = no limit.</param>
internal sealed record TunnelLimits(
    int MaxConnections,
    Rate NewConnections,
    int OpenStreams = int.MaxValue,
    long BytesPerSecond = 0
)
{
    /// <summary>Returns these limits, with the values that the tunnel's record overrides.</summary>
    public TunnelLimits With(EdgeFeedTunnelLimits? own) =>
        own is null
            ? this
            : new TunnelLimits(
                own.MaxConnections ?? MaxConnections,
                own.NewConnections is { } written && Rate.TryParse(written, out var rate) ? rate : NewConnections,
                own.OpenStreams ?? OpenStreams,
                own.BytesPerSecond ?? BytesPerSecond
            );
}
