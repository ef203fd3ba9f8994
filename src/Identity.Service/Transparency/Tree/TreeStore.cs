using Culvert.Identity.Service.Storage;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency.Tree;

internal sealed class TreeStore(Database database)
{
    private static readonly IReadOnlyDictionary<TileId, byte[]> NoTiles = new Dictionary<TileId, byte[]>();

    public TreeReader Reader() => new(TileAsync);

    public async ValueTask<TreeState> StateAsync(CancellationToken cancellationToken)
    {
        var (size, root) = await database.SingleAsync<(long, byte[]?)>(
            "SELECT size, root FROM transparency_tree",
            null,
            cancellationToken
        );
        return new TreeState(size, root);
    }

    public ValueTask<byte[]?> TileAsync(TileId id, CancellationToken cancellationToken) =>
        database.ScalarAsync<byte[]>(
            "SELECT hashes FROM transparency_tiles WHERE level = @Level AND number = @Number",
            new { Level = (long)id.Level, id.Number },
            cancellationToken
        );

    /// <summary>At most <paramref name="count"/> entries from <paramref name="first"/>, in order.</summary>
    public async ValueTask<IReadOnlyList<LogEntry>> EntriesAsync(
        long first,
        int count,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string Kind, byte[] Digest)>(
            "SELECT kind, digest FROM transparency_entries WHERE number >= @first AND number < @end ORDER BY number",
            new { first, end = first + count },
            cancellationToken
        );
        return [.. rows.Select(row => new LogEntry(row.Kind, row.Digest))];
    }

    public ValueTask<long?> FindAsync(byte[] digest, CancellationToken cancellationToken) =>
        database.ScalarAsync<long?>(
            "SELECT MIN(number) FROM transparency_entries WHERE digest = @digest",
            new { digest },
            cancellationToken
        );

    /// <summary>Appends entries to the tree; stale if its size has changed since the computation.</summary>
    public IReadOnlyList<Statement> Append(
        TreeState before,
        IReadOnlyList<LogEntry> entries,
        TreeAppender after,
        byte[] root
    ) =>
        [
            new Statement(
                "UPDATE transparency_tree SET size = @after, root = @root WHERE size = @before",
                new
                {
                    before = before.Size,
                    after = after.Size,
                    root,
                }
            ).ExpectingOne(),
            .. entries.Select(
                (entry, i) =>
                    new Statement(
                        "INSERT INTO transparency_entries (number, kind, digest) VALUES (@number, @Kind, @Digest)",
                        new
                        {
                            number = before.Size + i,
                            entry.Kind,
                            entry.Digest,
                        }
                    )
            ),
            // If there are only exchanges, the tree does not change.
            .. (entries.Count > 0 ? after.Changed : NoTiles).Select(tile => new Statement(
                "INSERT INTO transparency_tiles (level, number, hashes) VALUES (@Level, @Number, @hashes) "
                    + "ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes",
                new
                {
                    Level = (long)tile.Key.Level,
                    tile.Key.Number,
                    hashes = tile.Value,
                }
            )),
        ];
}
