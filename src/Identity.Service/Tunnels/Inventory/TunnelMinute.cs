using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>What a tunnel served in one minute, added up over its agents.</summary>
/// <param name="At">The start of the minute. A call counts in the minute in which it finished.</param>
/// <param name="Denied">How many of the calls were denied or refused.</param>
/// <param name="RequestBytes">Bytes of requests; on routes whose policy is off, as declared by the requests.</param>
/// <param name="ResponseBytes">Bytes of responses; on routes whose policy is off, as declared by the responses.</param>
/// <param name="MedianMs">
/// Estimated median duration of calls with a server response, in milliseconds; null = no such call.
/// </param>
/// <param name="Percentile95Ms">Estimated 95th percentile; at most 5000.</param>
internal sealed record TunnelMinute(
    DateTime At,
    long Calls,
    long Denied,
    long RequestBytes,
    long ResponseBytes,
    [property: JsonPropertyName("p50_ms")] double? MedianMs,
    [property: JsonPropertyName("p95_ms")] double? Percentile95Ms
);
