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

    /// <summary>When the last entry of all was written; null = there is none.</summary>
    ValueTask<DateTimeOffset?> LatestAsync(CancellationToken cancellationToken);
}
