namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>The <c>tunnel</c> section.</summary>
internal sealed record TunnelSettings
{
    public required string Id { get; init; }

    /// <summary>Ids, names or addresses of those of the feed's edges that are dialled; none = all of them.</summary>
    public IReadOnlyList<string> Edges { get; init; } = [];

    /// <summary>Per edge, 1 to 8.</summary>
    public required int Connections { get; init; }

    public required TimeSpan DialTimeout { get; init; }

    /// <summary>For running calls at stop or GOAWAY.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>Inner TLS connections.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Per outer connection, at most 16,384.</summary>
    public required int MaxStreams { get; init; }

    public required int MaxHeaderBytes { get; init; }
}
