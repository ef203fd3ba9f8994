namespace Culvert.Platform.Wire;

/// <summary>A tunnel's limits at each edge; null in a member: the edge's own default.</summary>
public sealed record EdgeFeedTunnelLimits
{
    /// <summary>Client connections at once.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Rate of new client connections, such as <c>500/1s</c>.</summary>
    public string? NewConnections { get; init; }

    /// <summary>Bytes per second, both directions together; 0: no limit.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Concurrent streams on agents' connections.</summary>
    public int? OpenStreams { get; init; }
}
