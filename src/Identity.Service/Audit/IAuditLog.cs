using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Audit;

/// <summary>Reads the chain; only the journal writes it.</summary>
internal interface IAuditLog
{
    /// <summary>
    /// An organization's entries with a smaller ordinal than <paramref name="before"/>, newest first, at most
    /// <paramref name="count"/>.
    /// </summary>
    ValueTask<IReadOnlyList<AuditEntry>> ListAsync(
        string organizationId,
        long before,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>The newest entry of a node's chain; null = it has none.</summary>
    ValueTask<(long Sequence, byte[] Hash)?> HeadAsync(string node, CancellationToken cancellationToken);

    /// <summary>Every node that has a chain, by name.</summary>
    ValueTask<IReadOnlyList<string>> NodesAsync(CancellationToken cancellationToken);

    /// <summary>A node's entries above <paramref name="after"/> in order, each with the organization it belongs to.</summary>
    ValueTask<IReadOnlyList<(AuditEntry Entry, string? OrganizationId)>> ChainAsync(
        string node,
        long after,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>Whether a decision of any node has used that replay key.</summary>
    ValueTask<bool> HasUsedAsync(ReplayKey key, CancellationToken cancellationToken);

    /// <summary>When the last entry of all was written; null = there is none.</summary>
    ValueTask<DateTimeOffset?> LatestAsync(CancellationToken cancellationToken);

    /// <summary>The node's last alarm of its clock, or the confirmation that followed; null = there was none.</summary>
    ValueTask<(string Event, DateTimeOffset At, byte[]? Body)?> LastClockEntryAsync(
        string node,
        CancellationToken cancellationToken
    );
}
