namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>Something that was called, or listed, by name on a route of a tunnel.</summary>
internal sealed record InventoryEntry
{
    public required long Ordinal { get; init; }

    public required string TunnelId { get; init; }

    public required string Route { get; init; }

    /// <summary><c>tool</c>, <c>prompt</c>, <c>resource</c> or <c>method</c>.</summary>
    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required long Allowed { get; init; }

    public required long Denied { get; init; }

    public required long Refused { get; init; }

    public required long WouldDeny { get; init; }

    public required long WouldRefuse { get; init; }

    public required DateTimeOffset FirstSeenAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>Null: it only appeared in a list.</summary>
    public required DateTimeOffset? LastCalledAt { get; init; }

    /// <summary>Of the last caller; empty where the agent does not ask.</summary>
    public required string LastIssuer { get; init; }

    public required string LastSubject { get; init; }

    public required string LastClientId { get; init; }

    /// <summary>The route was attested after the service first learnt of the name.</summary>
    public required bool IsSanctioned { get; init; }
}
