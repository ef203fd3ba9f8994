using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>
/// The authentication history: chained entries of proven exchanges, and between them the unproven refusals.
/// </summary>
internal interface IAuthenticationHistory
{
    /// <summary>Newest first, at most <paramref name="count"/>, with their ordinals.</summary>
    /// <param name="requestId">Only this request; null = all.</param>
    /// <param name="granted">Only granted ones, only denied ones, or null = both.</param>
    ValueTask<IReadOnlyList<Numbered<HistoryEntry>>> ListAsync(
        string organizationId,
        string? requestId,
        bool? granted,
        long before,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>Records an unproven refusal in its place among the chain's entries.</summary>
    Statement Insert(UnprovenRefusal refusal);

    /// <summary>Drops unproven refusals older than that.</summary>
    Statement Forget(DateTimeOffset before);

    /// <summary>How many unproven refusals are kept per source and rule.</summary>
    ValueTask<IReadOnlyList<(string Source, string RuleId, int Rows)>> CountAsync(CancellationToken cancellationToken);
}
