using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>What a tunnel served in one minute, added up over its agents.</summary>
internal sealed record TunnelMinute
{
    /// <summary>The start of the minute. A call counts in the minute in which it finished.</summary>
    public required DateTime At { get; init; }

    public required long Calls { get; init; }

    /// <summary>How many of the calls were denied or refused.</summary>
    public required long Denied { get; init; }

    /// <summary>Bytes of requests; on routes whose policy is off, as declared by the requests.</summary>
    public required long RequestBytes { get; init; }

    /// <summary>Bytes of responses; on routes whose policy is off, as declared by the responses.</summary>
    public required long ResponseBytes { get; init; }

    /// <summary>Estimated median duration of calls with a server response, in milliseconds; null = no such call.</summary>
    [JsonPropertyName("p50_ms")]
    public required double? MedianMs { get; init; }

    /// <summary>Estimated 95th percentile; at most 5000.</summary>
    [JsonPropertyName("p95_ms")]
    public required double? Percentile95Ms { get; init; }
}
