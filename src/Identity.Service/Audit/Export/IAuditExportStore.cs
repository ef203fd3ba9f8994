using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Audit.Export;

/// <summary>How far each target is, and whose turn it is.</summary>
internal interface IAuditExportStore
{
    /// <summary>The chains of which the target lacks something, by node.</summary>
    ValueTask<IReadOnlyList<ChainLag>> LagsAsync(string target, CancellationToken cancellationToken);

    /// <summary>A node's entries above <paramref name="after"/>, in order.</summary>
    ValueTask<IReadOnlyList<ExportedEntry>> ReadAsync(
        string node,
        long after,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Takes or keeps the turn; <see cref="AuditExportConflict.NotOurTurn"/> while another node has it and its time has
    /// not run out.
    /// </summary>
    Statement TakeTurn(string target, string node, DateTimeOffset now, DateTimeOffset until);

    /// <summary>
    /// The target has the entries from one to the other; <see cref="AuditExportConflict.Moved"/> when it was no longer at
    /// the first.
    /// </summary>
    Statement Advance(string target, string node, long from, long to);
}
