using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Audit;

/// <summary>Bodies of chained entries, as far as retention is concerned with them.</summary>
internal interface IAuditBodies
{
    /// <summary>
    /// The oldest entries of a node's chain that still have their bodies and are older than <paramref name="before"/>, as
    /// a range: after the first, up to and including the second number. Null = there are none.
    /// </summary>
    ValueTask<(long After, long To)?> FindAsync(
        string node,
        DateTimeOffset before,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Drops the bodies of that range, and the salts, without which a digest cannot be compared with a guessed body. Fails
    /// with <see cref="AuditBodiesConflict.Dropped"/> where another node was quicker.
    /// </summary>
    IReadOnlyList<Statement> Drop(string node, long after, long to);
}
