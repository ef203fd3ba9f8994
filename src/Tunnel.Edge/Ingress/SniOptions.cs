using System.Net;

namespace Culvert.Tunnel.Edge.Ingress;

internal sealed record SniOptions
{
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>The port that clients connect to if a device in front of the listener changes it; sent to agents.</summary>
    public int PublicPort { get; init; } = 443;

    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Limit of the ClientHello, record headers included.</summary>
    public int MaxHelloBytes { get; init; } = 16 * 1024;
}
