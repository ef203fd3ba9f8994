using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency.Tree;

/// <summary>Appends entries to a tree. It needs only the last tile of each level, and changes no earlier tile.</summary>
internal sealed class TreeAppender
{
    private readonly Dictionary<TileId, byte[]> changed = [];
    private readonly Dictionary<int, List<byte>> edge = []; // the incomplete tile of each level
    private readonly TreeReader reader;

    private TreeAppender(long size)
    {
        Size = size;
        reader = new TreeReader((id, _) => new(changed.GetValueOrDefault(id)));
    }

    public long Size { get; private set; }

    /// <summary>The new and changed tiles, in no order.</summary>
    public IReadOnlyDictionary<TileId, byte[]> Changed => changed;

    /// <param name="read">Reads a tile's hashes; null = the tile does not exist.</param>
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

    // number: the hash's position in its level.
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
        Add(level + 1, number / Tile.Width, Tile.GetRoot(full));
    }

    /// <summary>The root; call it after the last entry was added.</summary>
    public async ValueTask<byte[]> FinishAsync(CancellationToken cancellationToken)
    {
        foreach (var (level, tile) in edge)
        {
            if (tile.Count > 0)
            {
                changed[new TileId(level, Tile.HashesAt(level, Size) / Tile.Width)] = [.. tile];
            }
        }

        // The right edge is complete in memory, and sufficient for the root.
        return await reader.RootAsync(Size, cancellationToken);
    }
}
