namespace Culvert.Identity.Service.Federation.History;

/// <summary>The authentication history: the chain's proven exchanges, and a table of all denials.</summary>
internal interface IAuthenticationHistory
{
    /// <summary>Newest first, at most <paramref name="count"/>, with their ordinals.</summary>
    ValueTask<HistoryPage> ListAsync(HistoryQuery query, long before, int count, CancellationToken cancellationToken);

    /// <summary>An exchange with its explanation; null if unknown in this organization.</summary>
    ValueTask<HistoryEntry?> FindAsync(string organizationId, string requestId, CancellationToken cancellationToken);

    /// <summary>
    /// Passes the verified claims of an issuer's tokens to <paramref name="visit"/>, newest first, granted or denied,
    /// until it returns false. Holds in memory no more than one read of the chain.
    /// </summary>
    /// <returns>True if the search stopped early, after <paramref name="maxEntries"/> entries of the chain.</returns>
    ValueTask<bool> VisitProvenAsync(
        string organizationId,
        string issuerId,
        DateTimeOffset since,
        int maxEntries,
        Func<ProvenClaims, ValueTask<bool>> visit,
        CancellationToken cancellationToken
    );

    /// <summary>Finds which of these rules of an organization have granted since then, in one search of the chain.</summary>
    /// <returns>The ids, and whether all entries were read: if not, the other rules may also have granted.</returns>
    ValueTask<(IReadOnlySet<string> Used, bool IsComplete)> UsedRulesAsync(
        string organizationId,
        IReadOnlySet<string> ruleIds,
        DateTimeOffset since,
        CancellationToken cancellationToken
    );
}
