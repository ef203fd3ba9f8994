using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Audit;

internal sealed class AuditBodies(Database database)
{
    private static readonly byte[] NoSalt = [];

    /// <summary>
    /// The oldest range of a node's entries with bodies older than <paramref name="before"/>: after the first number, up to
    /// and including the second. Null = there are none.
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

        // After a clock was set back, a later time may precede an earlier one: the range ends at the first entry that is not
        // due.
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
    /// Removes the bodies of that range, and the salts, so that a guessed body cannot be compared with its digest.
    /// Stale if another node removed them first.
    /// </summary>
    public IReadOnlyList<Statement> Drop(string node, long after, long to) =>
        [
            // The mark first: of two nodes with the same range, one removes and counts it.
            new Statement(
                "INSERT INTO audit_retention (node, dropped_to) VALUES (@node, @to) ON CONFLICT (node) DO UPDATE SET "
                    + "dropped_to = excluded.dropped_to WHERE audit_retention.dropped_to = @after",
                new
                {
                    node,
                    after,
                    to,
                }
            ).ExpectingOne(),
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
