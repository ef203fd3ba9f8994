using System.Net;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>The <c>connect</c> section. The limits of a hello are in <see cref="SniOptions"/>.</summary>
internal sealed record ConnectOptions
{
    /// <summary>Empty = the ingress is disabled.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [];

    /// <summary>The port that clients connect to if a device in front of the listener changes it; sent to agents.</summary>
    public int PublicPort { get; init; } = 9444;
}
