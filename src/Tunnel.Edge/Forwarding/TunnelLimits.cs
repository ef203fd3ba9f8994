using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>What one tunnel may use of an edge: <c>tunnel_defaults</c>, or what its own record says.</summary>
/// <param name="MaxConnections">Client connections at once.</param>
/// <param name="NewConnections">New client connections.</param>
/// <param name="OpenStreams">Streams on agents' connections at once; a client connection is one.</param>
/// <param name="BytesPerSecond">Both directions together; 0 = no limit.</param>
internal sealed record TunnelLimits(
    int MaxConnections,
    Rate NewConnections,
    int OpenStreams = int.MaxValue,
    long BytesPerSecond = 0
)
{
    /// <summary>These, but for what the tunnel's record says.</summary>
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
