using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>
/// The authentication history: chained entries of proven exchanges, and beside them the denials, proven or not, with
/// their explanations.
/// </summary>
internal interface IAuthenticationHistory
{
    /// <summary>Newest first, at most <paramref name="count"/>, with their ordinals.</summary>
    ValueTask<HistoryPage> ListAsync(HistoryQuery query, long before, int count, CancellationToken cancellationToken);

    /// <summary>One exchange with its explanation; null = unknown in this organization.</summary>
    ValueTask<HistoryEntry?> FindAsync(string organizationId, string requestId, CancellationToken cancellationToken);

    /// <summary>
    /// Verified claims of an issuer's tokens since then, newest first, granted or denied. Stops after
    /// <paramref name="maxEntries"/> entries of the chain; the second result says whether that was too early.
    /// </summary>
    ValueTask<(IReadOnlyList<ProvenClaims> Claims, bool IsTruncated)> ProvenClaimsAsync(
        string organizationId,
        string issuerId,
        DateTimeOffset since,
        int maxEntries,
        CancellationToken cancellationToken
    );

    /// <summary>Records a denial in its place among the chain's entries.</summary>
    Statement Insert(RecordedDenial denial);

    /// <summary>Drops denials older than that.</summary>
    Statement Forget(DateTimeOffset before);

    /// <summary>How many unproven refusals are kept per source and rule.</summary>
    ValueTask<IReadOnlyList<(string Source, string RuleId, int Rows)>> CountAsync(CancellationToken cancellationToken);
}
