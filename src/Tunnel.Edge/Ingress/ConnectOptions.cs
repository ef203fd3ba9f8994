using System.Net;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>The <c>connect</c> section. How long a hello may take and be is the SNI ingress's matter.</summary>
internal sealed record ConnectOptions
{
    /// <summary>None = no such ingress.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [];

    /// <summary>The port that clients connect to if a device in front of the listener changes it; sent to agents.</summary>
    public int PublicPort { get; init; } = 9444;
}
