using Culvert.Identity.Service.Storage;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency.Tree;

/// <summary>The tree's rows: its tiles, its entries, and how large it is.</summary>
internal sealed class TreeStore(Database database)
{
    private static readonly IReadOnlyDictionary<TileId, byte[]> NoTiles = new Dictionary<TileId, byte[]>();

    /// <summary>A reader for one request.</summary>
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

    /// <summary>A tile's hashes, joined; null = there is none.</summary>
    public ValueTask<byte[]?> TileAsync(TileId id, CancellationToken cancellationToken) =>
        database.ScalarAsync<byte[]>(
            "SELECT hashes FROM transparency_tiles WHERE level = @Level AND number = @Number",
            new { Level = (long)id.Level, id.Number },
            cancellationToken
        );

    /// <summary>Entries from <paramref name="first"/> on, in order, at most <paramref name="count"/>.</summary>
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

    /// <summary>The place of the first entry with that digest; null = there is none.</summary>
    public ValueTask<long?> FindAsync(byte[] digest, CancellationToken cancellationToken) =>
        database.ScalarAsync<long?>(
            "SELECT MIN(number) FROM transparency_entries WHERE digest = @digest",
            new { digest },
            cancellationToken
        );

    /// <summary>
    /// Puts entries at the end of the tree. Conflict <see cref="TransparencyConflict.Moved"/>: it is no longer of the size
    /// that this was computed from.
    /// </summary>
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
            ).ExpectingOne(TransparencyConflict.Moved),
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
            // Nothing but exchanges: the tree stays as it is.
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
