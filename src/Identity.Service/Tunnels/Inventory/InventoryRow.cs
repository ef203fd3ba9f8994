using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed class InventoryRow
{
    public long Ordinal { get; init; }

    public string TunnelId { get; init; } = "";

    public string Route { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Name { get; init; } = "";

    public long Allowed { get; init; }

    public long Denied { get; init; }

    public long Refused { get; init; }

    public long WouldDeny { get; init; }

    public long WouldRefuse { get; init; }

    public long FirstSeenAt { get; init; }

    public long LastSeenAt { get; init; }

    public long LastCalledAt { get; init; }

    public string LastIssuer { get; init; } = "";

    public string LastSubject { get; init; } = "";

    public string LastClientId { get; init; } = "";

    public long AttestedOrdinal { get; init; }

    public InventoryEntry ToEntry() =>
        new()
        {
            Ordinal = Ordinal,
            TunnelId = TunnelId,
            Route = Route,
            Kind = Kind,
            Name = Name,
            Allowed = Allowed,
            Denied = Denied,
            Refused = Refused,
            WouldDeny = WouldDeny,
            WouldRefuse = WouldRefuse,
            FirstSeenAt = Instants.FromStore(FirstSeenAt),
            LastSeenAt = Instants.FromStore(LastSeenAt),
            LastCalledAt = LastCalledAt > 0 ? Instants.FromStore(LastCalledAt) : null,
            LastIssuer = LastIssuer,
            LastSubject = LastSubject,
            LastClientId = LastClientId,
            IsSanctioned = Ordinal <= AttestedOrdinal,
        };
}
