using System.Net;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>The <c>connect</c> section. How long a hello may take and be is the SNI ingress's matter.</summary>
internal sealed record ConnectOptions
{
    /// <summary>None = no such ingress.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [];

    /// <summary>What clients dial when something stands before the listener; told to agents.</summary>
    public int PublicPort { get; init; } = 9444;
}
