namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>A tool, prompt, resource or method that was called or listed on a route of a tunnel.</summary>
internal sealed record InventoryEntry
{
    public required long Ordinal { get; init; }

    public required string TunnelId { get; init; }

    public required string Route { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required long Allowed { get; init; }

    public required long Denied { get; init; }

    public required long Refused { get; init; }

    public required long WouldDeny { get; init; }

    public required long WouldRefuse { get; init; }

    public required DateTimeOffset FirstSeenAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>Null: it was only listed.</summary>
    public required DateTimeOffset? LastCalledAt { get; init; }

    /// <summary>The last caller's; empty if the agent does not authenticate callers.</summary>
    public required string LastIssuer { get; init; }

    public required string LastSubject { get; init; }

    public required string LastClientId { get; init; }

    /// <summary>The route was attested after the service first saw the name.</summary>
    public required bool IsSanctioned { get; init; }
}
