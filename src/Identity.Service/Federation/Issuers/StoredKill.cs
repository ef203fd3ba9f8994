namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>One line of a kill.</summary>
/// <param name="Cause">The order that it belongs to, and is undone with: <c>kid:K</c>, <c>key_set</c> or <c>issuer</c>.</param>
/// <param name="Value">The kid or thumbprint; empty for the other kinds.</param>
internal sealed record StoredKill(
    string IssuerId,
    string Cause,
    KillKind Kind,
    string Value,
    string Reason,
    DateTimeOffset KilledAt,
    string KilledBy
);
