using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>A caller of a route and its calls. Without a name if the route does not authenticate callers.</summary>
internal sealed record CallerDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "inventory_caller";

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("route")]
    public required string Route { get; init; }

    [JsonPropertyName("issuer")]
    public required string? Issuer { get; init; }

    [JsonPropertyName("subject")]
    public required string? Subject { get; init; }

    [JsonPropertyName("client_id")]
    public required string? ClientId { get; init; }

    /// <summary>How many different names it called.</summary>
    [JsonPropertyName("names")]
    public required long Names { get; init; }

    [JsonPropertyName("calls")]
    public required long Calls { get; init; }

    /// <summary>How many of the calls were denied or refused.</summary>
    [JsonPropertyName("denied")]
    public required long Denied { get; init; }

    [JsonPropertyName("first_called_at")]
    public required DateTime FirstCalledAt { get; init; }

    [JsonPropertyName("last_called_at")]
    public required DateTime LastCalledAt { get; init; }
}
