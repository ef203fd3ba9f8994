using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>A route of a tunnel: the server behind it, who answers for it, and what is called there.</summary>
internal sealed record RouteDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "inventory_route";

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("route")]
    public required string Route { get; init; }

    /// <summary>The person or team responsible for the server; null = no owner is set.</summary>
    [JsonPropertyName("owner")]
    public required string? Owner { get; init; }

    [JsonPropertyName("owner_changed_at")]
    public required DateTime? OwnerChangedAt { get; init; }

    [JsonPropertyName("owner_changed_by")]
    public required string? OwnerChangedBy { get; init; }

    [JsonPropertyName("names")]
    public required long Names { get; init; }

    /// <summary>Names first seen after the last attestation; all names if there was none.</summary>
    [JsonPropertyName("unsanctioned_names")]
    public required long UnsanctionedNames { get; init; }

    [JsonPropertyName("callers")]
    public required long Callers { get; init; }

    [JsonPropertyName("calls")]
    public required long Calls { get; init; }

    /// <summary>How many of the calls were denied or refused.</summary>
    [JsonPropertyName("denied")]
    public required long Denied { get; init; }

    [JsonPropertyName("first_seen_at")]
    public required DateTime FirstSeenAt { get; init; }

    [JsonPropertyName("last_called_at")]
    public required DateTime? LastCalledAt { get; init; }

    [JsonPropertyName("attested_at")]
    public required DateTime? AttestedAt { get; init; }

    [JsonPropertyName("attested_by")]
    public required string? AttestedBy { get; init; }

    [JsonPropertyName("note")]
    public required string? Note { get; init; }

    /// <summary>92 days after the last attestation, or after the route was first seen.</summary>
    [JsonPropertyName("attestation_due_at")]
    public required DateTime AttestationDueAt { get; init; }

    /// <summary>An attestation is needed: there was none, it is due, or names were added since.</summary>
    [JsonPropertyName("open")]
    public required bool Open { get; init; }
}
