using System.Security.Cryptography;

namespace Culvert.Platform.Transparency;

/// <summary>The hashes of a Merkle tree (RFC 6962 §2.1): SHA-256, with different first bytes for entry and node.</summary>
public static class MerkleHash
{
    public const int Length = SHA256.HashSizeInBytes;

    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;
    private const int StackBytes = 512;

    public static byte[] OfNothing() => SHA256.HashData([]);

    public static byte[] OfEntry(ReadOnlySpan<byte> entry)
    {
        var length = entry.Length + 1;
        var input = length <= StackBytes ? stackalloc byte[length] : new byte[length];
        input[0] = LeafPrefix;
        entry.CopyTo(input[1..]);
        return SHA256.HashData(input);
    }

    public static byte[] OfNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * Length)];
        input[0] = NodePrefix;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Length)..]);
        return SHA256.HashData(input);
    }
}
