using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Audit;

/// <summary>Bodies of chained entries, as far as retention is concerned with them.</summary>
internal sealed class AuditBodies(Database database)
{
    private static readonly byte[] NoSalt = [];

    /// <summary>
    /// The oldest entries of a node's chain that still have their bodies and are older than <paramref name="before"/>, as
    /// a range: after the first, up to and including the second number. Null = there are none.
    /// </summary>
    public async ValueTask<(long After, long To)?> FindAsync(
        string node,
        DateTimeOffset before,
        int count,
        CancellationToken cancellationToken
    )
    {
        var after =
            await database.ScalarAsync<long?>(
                "SELECT dropped_to FROM audit_retention WHERE node = @node",
                new { node },
                cancellationToken
            ) ?? 0;

        // A clock that was set back may put a younger time before an older one: the first young entry is the end.
        var times = await database.QueryAsync<(long Sequence, long At)>(
            "SELECT sequence, at_ms FROM journal WHERE node = @node AND sequence > @after "
                + "ORDER BY sequence LIMIT @count",
            new
            {
                node,
                after,
                count,
            },
            cancellationToken
        );
        var to = times.TakeWhile(entry => entry.At < before.ToStore()).Select(entry => entry.Sequence).LastOrDefault();
        return to > after ? (after, to) : null;
    }

    /// <summary>
    /// Drops the bodies of that range, and the salts, without which a digest cannot be compared with a guessed body. Fails
    /// with <see cref="AuditBodiesConflict.Dropped"/> where another node was quicker.
    /// </summary>
    public IReadOnlyList<Statement> Drop(string node, long after, long to) =>
        [
            // First the mark: of two nodes that found the same range, one drops it, and counts it.
            new Statement(
                "INSERT INTO audit_retention (node, dropped_to) VALUES (@node, @to) ON CONFLICT (node) DO UPDATE SET "
                    + "dropped_to = excluded.dropped_to WHERE audit_retention.dropped_to = @after",
                new
                {
                    node,
                    after,
                    to,
                }
            ).ExpectingOne(AuditBodiesConflict.Dropped),
            new(
                "UPDATE journal SET body = NULL, salt = @salt WHERE node = @node AND sequence > @after AND sequence <= @to",
                new
                {
                    salt = NoSalt,
                    node,
                    after,
                    to,
                }
            ),
        ];
}
