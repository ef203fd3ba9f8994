using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed class RouteRow
{
    /// <summary>Validity of an attestation: the longest quarter of a year.</summary>
    public static readonly TimeSpan AttestationPeriod = TimeSpan.FromDays(92);

    public long Ordinal { get; init; }

    public string TunnelId { get; init; } = "";

    /// <summary>The tunnel's.</summary>
    [NotMapped]
    public string OrganizationId { get; init; } = "";

    public string Route { get; init; } = "";

    public long FirstSeenAtMs { get; init; }

    public string Owner { get; init; } = "";

    public string? OwnerChangedBy { get; init; }

    public long? OwnerChangedAtMs { get; init; }

    public long? AttestedAtMs { get; init; }

    public string? AttestedBy { get; init; }

    public string? Note { get; init; }

    /// <summary>Answers that could not be judged since the last message about them.</summary>
    public long UnfitAnswers { get; init; }

    /// <summary>When webhooks last got a message about them; 0 = never.</summary>
    public long NoticedUnfitAtMs { get; init; }

    public DateTimeOffset AttestationDueAt => Instants.FromStore(AttestedAtMs ?? FirstSeenAtMs) + AttestationPeriod;

    public RouteDocument ToDocument(RouteTotals totals, DateTimeOffset now) =>
        new(
            TunnelId: TunnelId,
            Route: Route,
            Owner: Owner.Length > 0 ? Owner : null,
            OwnerChangedAt: Instants.FromStore(OwnerChangedAtMs)?.UtcDateTime,
            OwnerChangedBy: OwnerChangedBy,
            Names: totals.Names,
            UnsanctionedNames: totals.UnsanctionedNames,
            Callers: totals.Callers,
            Calls: totals.Calls,
            Denied: totals.Denied,
            FirstSeenAt: Instants.FromStore(FirstSeenAtMs).UtcDateTime,
            LastCalledAt: totals.LastCalledAtMs > 0 ? Instants.FromStore(totals.LastCalledAtMs).UtcDateTime : null,
            AttestedAt: Instants.FromStore(AttestedAtMs)?.UtcDateTime,
            AttestedBy: AttestedBy,
            Note: Note,
            AttestationDueAt: AttestationDueAt.UtcDateTime,
            Open: AttestedAtMs is null || AttestationDueAt <= now || totals.UnsanctionedNames > 0,
            Answers: new AnswerTotals(
                Judged: totals.AnswersJudged,
                RowsCrossed: totals.RowsCrossed,
                RowsKeptInside: totals.RowsKeptInside,
                ValuesRemoved: totals.ValuesRemoved,
                Withheld: totals.AnswersWithheld
            ).UnlessNone()
        );
}
