using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency.Tree;

internal static class Tile
{
    /// <summary>The number of tree levels in one tile.</summary>
    public const int Height = 8;

    /// <summary>The number of hashes in a full tile.</summary>
    public const int Width = 1 << Height;

    /// <summary>The number of hashes at tile level <paramref name="level"/> of a tree of that size.</summary>
    public static long HashesAt(int level, long size) => level * Height < 63 ? size >> (level * Height) : 0;

    /// <summary>The root over concatenated hashes, whose number is a power of two.</summary>
    public static byte[] GetRoot(ReadOnlySpan<byte> hashes)
    {
        if (hashes.Length == MerkleHash.Length)
        {
            return hashes.ToArray();
        }

        // Level by level, in place: each pair's hash is written after those of the pairs before it.
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
