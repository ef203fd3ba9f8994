namespace Culvert.Tunnel.Agent.Configuration;

internal sealed record TunnelSettings
{
    public required string Id { get; init; }

    /// <summary>Ids, names or addresses of the feed's edges to connect to; empty = all of them.</summary>
    public IReadOnlyList<string> Edges { get; init; } = [];

    /// <summary>Connections to each edge, 1 to 8.</summary>
    public required int Connections { get; init; }

    public required TimeSpan DialTimeout { get; init; }

    /// <summary>The time for running calls after a stop or GOAWAY.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>The limit of inner TLS connections.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Streams of each outer connection, at most 16,384.</summary>
    public required int MaxStreams { get; init; }

    public required int MaxHeaderBytes { get; init; }
}
