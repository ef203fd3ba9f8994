using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>A route of a tunnel: the server behind it, who answers for it, and what is called there.</summary>
/// <param name="Owner">The person or team responsible for the server; null = no owner is set.</param>
/// <param name="UnsanctionedNames">Names first seen after the last attestation; all names if there was none.</param>
/// <param name="Denied">How many of the calls were denied or refused.</param>
/// <param name="AttestationDueAt">92 days after the last attestation, or after the route was first seen.</param>
/// <param name="Open">An attestation is needed: there was none, it is due, or names were added since.</param>
/// <param name="Answers">Null while no answer rule judged an answer.</param>
internal sealed record RouteDocument(
    string TunnelId,
    string Route,
    string? Owner,
    DateTime? OwnerChangedAt,
    string? OwnerChangedBy,
    long Names,
    long UnsanctionedNames,
    long Callers,
    long Calls,
    long Denied,
    DateTime FirstSeenAt,
    DateTime? LastCalledAt,
    DateTime? AttestedAt,
    string? AttestedBy,
    string? Note,
    DateTime AttestationDueAt,
    bool Open,
    AnswerTotals? Answers
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "inventory_route";
}
