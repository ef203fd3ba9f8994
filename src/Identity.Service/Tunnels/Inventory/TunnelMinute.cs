using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>What a tunnel served in one minute, added up over its agents.</summary>
internal sealed record TunnelMinute
{
    /// <summary>Its beginning. A call counts in the minute in which it ended.</summary>
    [JsonPropertyName("at")]
    public required DateTime At { get; init; }

    [JsonPropertyName("calls")]
    public required long Calls { get; init; }

    /// <summary>Those of the calls that were denied or refused.</summary>
    [JsonPropertyName("denied")]
    public required long Denied { get; init; }

    /// <summary>Bytes of requests; on routes whose policy is off, as far as requests announced them.</summary>
    [JsonPropertyName("request_bytes")]
    public required long RequestBytes { get; init; }

    /// <summary>The same of responses.</summary>
    [JsonPropertyName("response_bytes")]
    public required long ResponseBytes { get; init; }

    /// <summary>Half of the calls that a server responded to took at most this many milliseconds, estimated; null: there was none.</summary>
    [JsonPropertyName("p50_ms")]
    public required double? MedianMs { get; init; }

    /// <summary>The same of 95 of 100 calls. At most 5000.</summary>
    [JsonPropertyName("p95_ms")]
    public required double? Percentile95Ms { get; init; }
}
