using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed class RouteRow
{
    /// <summary>Validity of an attestation: the longest quarter of a year.</summary>
    public static readonly TimeSpan AttestationPeriod = TimeSpan.FromDays(92);

    public long Ordinal { get; init; }

    public string TunnelId { get; init; } = "";

    public string OrganizationId { get; init; } = "";

    public string Route { get; init; } = "";

    public long FirstSeenAt { get; init; }

    public string Owner { get; init; } = "";

    public string? OwnerChangedBy { get; init; }

    public long? OwnerChangedAt { get; init; }

    public long? AttestedAt { get; init; }

    public string? AttestedBy { get; init; }

    public string? Note { get; init; }

    public DateTimeOffset AttestationDueAt => Instants.FromStore(AttestedAt ?? FirstSeenAt) + AttestationPeriod;

    public RouteDocument ToDocument(RouteTotals totals, DateTimeOffset now) =>
        new()
        {
            TunnelId = TunnelId,
            Route = Route,
            Owner = Owner.Length > 0 ? Owner : null,
            OwnerChangedAt = Instants.FromStore(OwnerChangedAt)?.UtcDateTime,
            OwnerChangedBy = OwnerChangedBy,
            Names = totals.Names,
            UnsanctionedNames = totals.UnsanctionedNames,
            Callers = totals.Callers,
            Calls = totals.Calls,
            Denied = totals.Denied,
            FirstSeenAt = Instants.FromStore(FirstSeenAt).UtcDateTime,
            LastCalledAt = totals.LastCalledAt > 0 ? Instants.FromStore(totals.LastCalledAt).UtcDateTime : null,
            AttestedAt = Instants.FromStore(AttestedAt)?.UtcDateTime,
            AttestedBy = AttestedBy,
            Note = Note,
            AttestationDueAt = AttestationDueAt.UtcDateTime,
            Open = AttestedAt is null || AttestationDueAt <= now || totals.UnsanctionedNames > 0,
        };
}
