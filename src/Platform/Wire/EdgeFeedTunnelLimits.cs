namespace Culvert.Platform.Wire;

/// <summary>A tunnel's limits at each edge; null in a member: the edge's own default.</summary>
/// <param name="MaxConnections">Client connections at once.</param>
/// <param name="NewConnections">Rate of new client connections, such as <c>500/1s</c>.</param>
/// <param name="BytesPerSecond">Bytes per second, both directions together; 0: no limit.</param>
/// <param name="OpenStreams">Concurrent streams on agents' connections.</param>
public sealed record EdgeFeedTunnelLimits(
    int? MaxConnections = null,
    string? NewConnections = null,
    long? BytesPerSecond = null,
    int? OpenStreams = null
);
