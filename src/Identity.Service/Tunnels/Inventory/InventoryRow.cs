using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>A tool, prompt, resource or method that was called or listed on a route of a tunnel.</summary>
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

    public long FirstSeenAtMs { get; init; }

    public long LastSeenAtMs { get; init; }

    /// <summary>0 = it was only listed.</summary>
    public long LastCalledAtMs { get; init; }

    /// <summary>When a list that a caller got last had the name; 0 = never.</summary>
    public long LastShownAtMs { get; init; }

    /// <summary>The last caller's; empty if the agent does not authenticate callers.</summary>
    public string LastIssuer { get; init; } = "";

    public string LastSubject { get; init; } = "";

    public string LastClientId { get; init; } = "";

    public long AnswersJudged { get; init; }

    public long RowsCrossed { get; init; }

    public long RowsKeptInside { get; init; }

    public long ValuesRemoved { get; init; }

    public long AnswersWithheld { get; init; }

    /// <summary>The newest name that the route's last attestation covers; 0 = there was none.</summary>
    [NotMapped]
    public long AttestedOrdinal { get; init; }

    public InventoryDocument ToDocument() =>
        new(
            TunnelId: TunnelId,
            Route: Route,
            Kind: Kind,
            Name: Name,
            Allowed: Allowed,
            Denied: Denied,
            Refused: Refused,
            WouldDeny: WouldDeny,
            WouldRefuse: WouldRefuse,
            FirstSeenAt: Instants.FromStore(FirstSeenAtMs).UtcDateTime,
            LastSeenAt: Instants.FromStore(LastSeenAtMs).UtcDateTime,
            LastCalledAt: LastCalledAtMs > 0 ? Instants.FromStore(LastCalledAtMs).UtcDateTime : null,
            LastIssuer: LastIssuer.Length > 0 ? LastIssuer : null,
            LastSubject: LastSubject.Length > 0 ? LastSubject : null,
            LastClientId: LastClientId.Length > 0 ? LastClientId : null,
            Sanctioned: Ordinal <= AttestedOrdinal,
            Answers: new AnswerTotals(
                Judged: AnswersJudged,
                RowsCrossed: RowsCrossed,
                RowsKeptInside: RowsKeptInside,
                ValuesRemoved: ValuesRemoved,
                Withheld: AnswersWithheld
            ).UnlessNone()
        );
}
