using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>The <c>clients</c> section: what binds client connections of both ingresses together.</summary>
internal sealed record ClientOptions
{
    /// <summary>Client connections at once.</summary>
    public int MaxConnections { get; init; } = 100_000;

    /// <summary>Client connections of one address at once.</summary>
    public int PerSource { get; init; } = 1000;

    /// <summary>New client connections of one address.</summary>
    public Rate NewPerSource { get; init; } = new(200, TimeSpan.FromSeconds(1));

    /// <summary>A connection over which nothing has moved for so long is ended; zero = never.</summary>
    public TimeSpan IdleTimeout { get; init; }
}
