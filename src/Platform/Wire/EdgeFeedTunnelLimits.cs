using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A tunnel's limits at each edge; null in a member: the edge's own default.</summary>
public sealed record EdgeFeedTunnelLimits
{
    /// <summary>Client connections at once.</summary>
    [JsonPropertyName("max_connections")]
    public int? MaxConnections { get; init; }

    /// <summary>Rate of new client connections, such as <c>500/1s</c>.</summary>
    [JsonPropertyName("new_connections")]
    public string? NewConnections { get; init; }

    /// <summary>Bytes per second, both directions together; 0: no limit.</summary>
    [JsonPropertyName("bytes_per_second")]
    public long? BytesPerSecond { get; init; }

    /// <summary>Concurrent streams on agents' connections.</summary>
    [JsonPropertyName("open_streams")]
    public int? OpenStreams { get; init; }
}
