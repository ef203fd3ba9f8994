using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency.Tree;

/// <summary>What tiles are made of.</summary>
internal static class Tile
{
    /// <summary>Levels of the tree in one tile.</summary>
    public const int Height = 8;

    /// <summary>Hashes of a full tile.</summary>
    public const int Width = 1 << Height;

    /// <summary>Hashes that the tree of that size has at the level of tiles <paramref name="level"/>.</summary>
    public static long HashesAt(int level, long size) => level * Height < 63 ? size >> (level * Height) : 0;

    /// <summary>The root over a power of two of joined hashes.</summary>
    public static byte[] RootOf(ReadOnlySpan<byte> hashes)
    {
        if (hashes.Length == MerkleHash.Length)
        {
            return hashes.ToArray();
        }

        // Level by level in place: each pair's hash goes where the pairs before it ended.
        Span<byte> level = stackalloc byte[Width * MerkleHash.Length];
        hashes.CopyTo(level);
        for (var count = hashes.Length / MerkleHash.Length; count > 1; count /= 2)
        {
            for (var i = 0; i < count / 2; i++)
            {
                MerkleHash.OfNode(At(level, 2 * i), At(level, (2 * i) + 1)).CopyTo(level[(i * MerkleHash.Length)..]);
            }
        }

        return level[..MerkleHash.Length].ToArray();
    }

    private static ReadOnlySpan<byte> At(ReadOnlySpan<byte> hashes, int index) =>
        hashes.Slice(index * MerkleHash.Length, MerkleHash.Length);
}
