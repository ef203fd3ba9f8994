using System.Net;
using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>The <c>sni</c> section, and of <c>clients</c> what binds its connections.</summary>
internal sealed record SniOptions
{
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>What clients dial when something stands before the listener; told to agents.</summary>
    public int PublicPort { get; init; } = 443;

    /// <summary>From accept to a whole ClientHello.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bound of the ClientHello, record headers included.</summary>
    public int MaxHelloBytes { get; init; } = 16 * 1024;

    /// <summary>Client connections at once.</summary>
    public int MaxConnections { get; init; } = 100_000;

    /// <summary>Client connections of one address at once.</summary>
    public int PerSource { get; init; } = 1000;

    /// <summary>New client connections of one address.</summary>
    public Rate NewPerSource { get; init; } = new(200, TimeSpan.FromSeconds(1));
}
