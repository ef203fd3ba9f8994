using Culvert.Identity.Service.Storage;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency.Tree;

/// <summary>
/// Computes roots and proofs from tiles: at most two per tile level, for any tree size. It caches the tiles that it read, so
/// use one instance per request.
/// </summary>
/// <param name="read">Reads a tile's hashes; null = the tile does not exist.</param>
internal sealed class TreeReader(Func<TileId, CancellationToken, ValueTask<byte[]?>> read)
{
    private readonly Dictionary<TileId, byte[]> tiles = [];

    public ValueTask<byte[]> RootAsync(long size, CancellationToken cancellationToken) =>
        size == 0 ? new(MerkleHash.OfNothing()) : HashAsync(new TreeRange(0, size), cancellationToken);

    public ValueTask<IReadOnlyList<byte[]>> InclusionAsync(
        long index,
        long size,
        CancellationToken cancellationToken
    ) => HashesAsync(TreeRange.ForInclusion(index, size), cancellationToken);

    public ValueTask<IReadOnlyList<byte[]>> ConsistencyAsync(long from, long to, CancellationToken cancellationToken) =>
        HashesAsync(TreeRange.ForConsistency(from, to), cancellationToken);

    private async ValueTask<IReadOnlyList<byte[]>> HashesAsync(
        IReadOnlyList<TreeRange> ranges,
        CancellationToken cancellationToken
    )
    {
        var hashes = new List<byte[]>(ranges.Count);
        foreach (var range in ranges)
        {
            hashes.Add(await HashAsync(range, cancellationToken));
        }

        return hashes;
    }

    private async ValueTask<byte[]> HashAsync(TreeRange range, CancellationToken cancellationToken)
    {
        byte[]? hash = null;
        foreach (var node in range.Nodes().Reverse())
        {
            var left = await HashAsync(node, cancellationToken);
            hash = hash is null ? left : MerkleHash.OfNode(left, hash);
        }

        return hash!;
    }

    private async ValueTask<byte[]> HashAsync(TreeNode node, CancellationToken cancellationToken)
    {
        var (level, rest) = Math.DivRem(node.Level, Tile.Height);
        var count = 1 << rest;
        var first = node.Index << rest;
        var tile = await TileAsync(new TileId(level, first / Tile.Width), cancellationToken);
        var start = (int)(first % Tile.Width) * MerkleHash.Length;
        var length = count * MerkleHash.Length;
        return start + length <= tile.Length
            ? Tile.GetRoot(tile.AsSpan(start, length))
            : throw Missing(new TileId(level, first / Tile.Width));
    }

    private async ValueTask<byte[]> TileAsync(TileId id, CancellationToken cancellationToken)
    {
        if (!tiles.TryGetValue(id, out var tile))
        {
            tile = await read(id, cancellationToken) ?? throw Missing(id);
            tiles[id] = tile;
        }

        return tile;
    }

    private static StoreException Missing(TileId id) =>
        new($"Hashes of the transparency log are missing: tile {id.Number} of level {id.Level}.");
}
