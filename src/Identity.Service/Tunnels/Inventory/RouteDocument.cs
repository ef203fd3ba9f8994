namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>A route of a tunnel: the server behind it, who answers for it, and what is called there.</summary>
internal sealed record RouteDocument
{
    public string Type { get; } = "inventory_route";

    public required string TunnelId { get; init; }

    public required string Route { get; init; }

    /// <summary>The person or team responsible for the server; null = no owner is set.</summary>
    public required string? Owner { get; init; }

    public required DateTime? OwnerChangedAt { get; init; }

    public required string? OwnerChangedBy { get; init; }

    public required long Names { get; init; }

    /// <summary>Names first seen after the last attestation; all names if there was none.</summary>
    public required long UnsanctionedNames { get; init; }

    public required long Callers { get; init; }

    public required long Calls { get; init; }

    /// <summary>How many of the calls were denied or refused.</summary>
    public required long Denied { get; init; }

    public required DateTime FirstSeenAt { get; init; }

    public required DateTime? LastCalledAt { get; init; }

    public required DateTime? AttestedAt { get; init; }

    public required string? AttestedBy { get; init; }

    public required string? Note { get; init; }

    /// <summary>92 days after the last attestation, or after the route was first seen.</summary>
    public required DateTime AttestationDueAt { get; init; }

    /// <summary>An attestation is needed: there was none, it is due, or names were added since.</summary>
    public required bool Open { get; init; }
}
