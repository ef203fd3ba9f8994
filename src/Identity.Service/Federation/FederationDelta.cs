namespace Culvert.Identity.Service.Federation;

/// <summary>The ids of records that were created or changed.</summary>
/// <param name="Sequence">The number of the last change among them.</param>
/// <param name="Accounts">Service accounts that were changed themselves, or whose memberships were.</param>
internal sealed record FederationDelta(
    long Sequence,
    IReadOnlyList<string> Rules,
    IReadOnlyList<string> Issuers,
    IReadOnlyList<string> Accounts
)
{
    public bool IsEmpty => Rules.Count + Issuers.Count + Accounts.Count == 0;
}
