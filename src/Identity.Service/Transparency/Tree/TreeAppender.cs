using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency.Tree;

/// <summary>
/// Adds entries to the right of a tree. It needs the last tile of each level alone, and changes nothing in those before.
/// </summary>
internal sealed class TreeAppender
{
    private readonly Dictionary<TileId, byte[]> changed = [];
    private readonly Dictionary<int, List<byte>> edge = []; // the tile of each level that is not full
    private readonly TreeReader reader;

    private TreeAppender(long size)
    {
        Size = size;
        reader = new TreeReader((id, _) => new(changed.GetValueOrDefault(id)));
    }

    /// <summary>Entries so far.</summary>
    public long Size { get; private set; }

    /// <summary>The tiles as they are now, in no order.</summary>
    public IReadOnlyDictionary<TileId, byte[]> Changed => changed;

    /// <summary>Continues the tree of that size.</summary>
    /// <param name="size">Entries that it has.</param>
    /// <param name="read">Reads a tile's hashes; null = there is none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<TreeAppender> ContinueAsync(
        long size,
        Func<TileId, CancellationToken, ValueTask<byte[]?>> read,
        CancellationToken cancellationToken
    )
    {
        var appender = new TreeAppender(size);
        for (var level = 0; Tile.HashesAt(level, size) > 0; level++)
        {
            var hashes = Tile.HashesAt(level, size);
            var bytes = (int)(hashes % Tile.Width) * MerkleHash.Length;
            if (bytes > 0)
            {
                var id = new TileId(level, hashes / Tile.Width);
                var tile = await read(id, cancellationToken);
                if (tile is null || tile.Length < bytes)
                {
                    throw new Storage.StoreException(
                        $"Hashes of the transparency log are missing: tile {id.Number} of level {id.Level}."
                    );
                }

                appender.edge[level] = [.. tile.AsSpan(0, bytes)];
                appender.changed[id] = tile[..bytes];
            }
        }

        return appender;
    }

    public void Add(byte[] entryHash)
    {
        Add(0, Size, entryHash);
        Size++;
    }

    // number: of the hash, in its level.
    private void Add(int level, long number, byte[] hash)
    {
        var tile = edge.TryGetValue(level, out var begun) ? begun : edge[level] = [];
        tile.AddRange(hash);
        if (tile.Count < Tile.Width * MerkleHash.Length)
        {
            return;
        }

        byte[] full = [.. tile];
        tile.Clear();
        changed[new TileId(level, number / Tile.Width)] = full;
        Add(level + 1, number / Tile.Width, Tile.RootOf(full));
    }

    /// <summary>The root, after the last entry was added.</summary>
    public async ValueTask<byte[]> FinishAsync(CancellationToken cancellationToken)
    {
        foreach (var (level, tile) in edge)
        {
            if (tile.Count > 0)
            {
                changed[new TileId(level, Tile.HashesAt(level, Size) / Tile.Width)] = [.. tile];
            }
        }

        // All of the right edge is here: the root needs nothing else.
        return await reader.RootAsync(Size, cancellationToken);
    }
}
