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

    /// <summary>The person or team that answers for the server; null = no owner is set.</summary>
    [JsonPropertyName("owner")]
    public required string? Owner { get; init; }

    [JsonPropertyName("owner_changed_at")]
    public required DateTime? OwnerChangedAt { get; init; }

    [JsonPropertyName("owner_changed_by")]
    public required string? OwnerChangedBy { get; init; }

    [JsonPropertyName("names")]
    public required long Names { get; init; }

    /// <summary>Names that the service learnt of after the last attestation; all of them where there was none.</summary>
    [JsonPropertyName("unsanctioned_names")]
    public required long UnsanctionedNames { get; init; }

    [JsonPropertyName("callers")]
    public required long Callers { get; init; }

    [JsonPropertyName("calls")]
    public required long Calls { get; init; }

    /// <summary>Those of the calls that were denied or refused.</summary>
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

    /// <summary>92 days after the last attestation; where there was none, after the route was first seen.</summary>
    [JsonPropertyName("attestation_due_at")]
    public required DateTime AttestationDueAt { get; init; }

    /// <summary>
    /// An attestation is wanted: there was none, it is due, or the service has learnt of names since the last one.
    /// </summary>
    [JsonPropertyName("open")]
    public required bool Open { get; init; }
}
