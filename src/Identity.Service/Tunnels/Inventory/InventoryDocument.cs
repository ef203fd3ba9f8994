namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>A name on a route, its calls, and its last caller.</summary>
internal sealed record InventoryDocument
{
    public string Type { get; } = "tunnel_inventory_entry";

    public required string TunnelId { get; init; }

    public required string Route { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required long Allowed { get; init; }

    public required long Denied { get; init; }

    public required long Refused { get; init; }

    public required long WouldDeny { get; init; }

    public required long WouldRefuse { get; init; }

    public required DateTime FirstSeenAt { get; init; }

    public required DateTime LastSeenAt { get; init; }

    public required DateTime? LastCalledAt { get; init; }

    public required string? LastIssuer { get; init; }

    public required string? LastSubject { get; init; }

    public required string? LastClientId { get; init; }

    /// <summary>The route was attested after the service first saw the name.</summary>
    public required bool Sanctioned { get; init; }
}
