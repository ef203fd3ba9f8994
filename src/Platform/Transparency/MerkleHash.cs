using System.Security.Cryptography;

namespace Culvert.Platform.Transparency;

/// <summary>The hashes of a Merkle tree (RFC 6962 §2.1): SHA-256, with another first byte for entries than for nodes.</summary>
public static class MerkleHash
{
    /// <summary>Bytes of one hash.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;
    private const int StackBytes = 512;

    /// <summary>The root of a tree without entries.</summary>
    public static byte[] OfNothing() => SHA256.HashData([]);

    /// <summary>The hash of an entry.</summary>
    public static byte[] OfEntry(ReadOnlySpan<byte> entry)
    {
        var length = entry.Length + 1;
        var input = length <= StackBytes ? stackalloc byte[length] : new byte[length];
        input[0] = LeafPrefix;
        entry.CopyTo(input[1..]);
        return SHA256.HashData(input);
    }

    /// <summary>The hash of a node.</summary>
    /// <param name="left">Of its left half.</param>
    /// <param name="right">Of its right half.</param>
    public static byte[] OfNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * Length)];
        input[0] = NodePrefix;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Length)..]);
        return SHA256.HashData(input);
    }
}
