namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>A caller of a route and its calls. Without a name if the route does not authenticate callers.</summary>
internal sealed record CallerDocument
{
    public string Type { get; } = "inventory_caller";

    public required string TunnelId { get; init; }

    public required string Route { get; init; }

    public required string? Issuer { get; init; }

    public required string? Subject { get; init; }

    public required string? ClientId { get; init; }

    /// <summary>How many different names it called.</summary>
    public required long Names { get; init; }

    public required long Calls { get; init; }

    /// <summary>How many of the calls were denied or refused.</summary>
    public required long Denied { get; init; }

    public required DateTime FirstCalledAt { get; init; }

    public required DateTime LastCalledAt { get; init; }
}
