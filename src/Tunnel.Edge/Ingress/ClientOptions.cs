using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>The <c>clients</c> section: limits for the client connections of both ingresses together.</summary>
internal sealed record ClientOptions
{
    public int MaxConnections { get; init; } = 100_000;

    public int PerSource { get; init; } = 1000;

    public Rate NewPerSource { get; init; } = new(200, TimeSpan.FromSeconds(1));

    /// <summary>How long a connection without traffic stays open; zero = no limit.</summary>
    public TimeSpan IdleTimeout { get; init; }
}
