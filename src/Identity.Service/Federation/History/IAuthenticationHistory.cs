namespace Culvert.Identity.Service.Federation.History;

/// <summary>
/// The authentication history: chained entries of proven exchanges, and next to them the denials, proven or not, with
/// their explanations.
/// </summary>
internal interface IAuthenticationHistory
{
    /// <summary>Newest first, at most <paramref name="count"/>, with their ordinals.</summary>
    ValueTask<HistoryPage> ListAsync(HistoryQuery query, long before, int count, CancellationToken cancellationToken);

    /// <summary>One exchange with its explanation; null = unknown in this organization.</summary>
    ValueTask<HistoryEntry?> FindAsync(string organizationId, string requestId, CancellationToken cancellationToken);

    /// <summary>
    /// Shows <paramref name="visit"/> the verified claims of an issuer's tokens since then, newest first, granted or
    /// denied, until it returns false. Holds no more of them than one reading of the chain.
    /// </summary>
    /// <returns>Whether the search ended after <paramref name="maxEntries"/> entries of the chain: too early.</returns>
    ValueTask<bool> VisitProvenAsync(
        string organizationId,
        string issuerId,
        DateTimeOffset since,
        int maxEntries,
        Func<ProvenClaims, ValueTask<bool>> visit,
        CancellationToken cancellationToken
    );

    /// <summary>Which of these rules of an organization have granted since then, found in one search of the chain.</summary>
    /// <returns>The ids, and whether all entries were read: otherwise the other ids may also have been used.</returns>
    ValueTask<(IReadOnlySet<string> Used, bool IsComplete)> UsedRulesAsync(
        string organizationId,
        IReadOnlySet<string> ruleIds,
        DateTimeOffset since,
        CancellationToken cancellationToken
    );
}
