using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal sealed record HostnameDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "tunnel_hostname";

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary><c>pending</c>, <c>active</c> or <c>suspended</c>.</summary>
    [JsonPropertyName("state")]
    public required string State { get; init; }

    /// <summary>An operator approved it, so no proof is checked.</summary>
    [JsonPropertyName("approved")]
    public required bool Approved { get; init; }

    /// <summary>The name of the proof's TXT record.</summary>
    [JsonPropertyName("txt_name")]
    public required string TxtName { get; init; }

    [JsonPropertyName("txt_value")]
    public required string TxtValue { get; init; }

    /// <summary>The target for the name's CNAME record.</summary>
    [JsonPropertyName("cname_target")]
    public required string CnameTarget { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    [JsonPropertyName("active_at")]
    public required DateTime? ActiveAt { get; init; }

    [JsonPropertyName("checked_at")]
    public required DateTime? CheckedAt { get; init; }

    /// <summary><c>proven</c>, <c>missing</c>, <c>unreachable</c> or <c>unavailable</c>; null before the first check.</summary>
    [JsonPropertyName("check_result")]
    public required string? CheckResult { get; init; }

    [JsonPropertyName("misses")]
    public required long Misses { get; init; }
}
