using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>A name on a route, its calls, and its last caller.</summary>
internal sealed record InventoryDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "tunnel_inventory_entry";

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("route")]
    public required string Route { get; init; }

    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("allowed")]
    public required long Allowed { get; init; }

    [JsonPropertyName("denied")]
    public required long Denied { get; init; }

    [JsonPropertyName("refused")]
    public required long Refused { get; init; }

    [JsonPropertyName("would_deny")]
    public required long WouldDeny { get; init; }

    [JsonPropertyName("would_refuse")]
    public required long WouldRefuse { get; init; }

    [JsonPropertyName("first_seen_at")]
    public required DateTime FirstSeenAt { get; init; }

    [JsonPropertyName("last_seen_at")]
    public required DateTime LastSeenAt { get; init; }

    [JsonPropertyName("last_called_at")]
    public required DateTime? LastCalledAt { get; init; }

    [JsonPropertyName("last_issuer")]
    public required string? LastIssuer { get; init; }

    [JsonPropertyName("last_subject")]
    public required string? LastSubject { get; init; }

    [JsonPropertyName("last_client_id")]
    public required string? LastClientId { get; init; }

    /// <summary>The route was attested after the service first saw the name.</summary>
    [JsonPropertyName("sanctioned")]
    public required bool Sanctioned { get; init; }
}
