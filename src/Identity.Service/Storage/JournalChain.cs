using System.Buffers;
using System.Security.Cryptography;

namespace Culvert.Identity.Service.Storage;

/// <summary>The hash chain of S30: entry = H(previous ‖ H(salt ‖ body)), SHA-256, starting from 32 zero bytes.</summary>
internal static class JournalChain
{
    public static readonly byte[] Start = new byte[SHA256.HashSizeInBytes];

    public static byte[] Digest(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> body)
    {
        // One buffer: hashing two parts needs a hash context of the library, which costs more than the copy.
        var length = salt.Length + body.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        salt.CopyTo(rented);
        body.CopyTo(rented.AsSpan(salt.Length));
        var digest = SHA256.HashData(rented.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(rented);
        return digest;
    }

    public static byte[] Next(ReadOnlySpan<byte> previous, ReadOnlySpan<byte> bodyDigest)
    {
        Span<byte> both = stackalloc byte[2 * SHA256.HashSizeInBytes];
        previous.CopyTo(both);
        bodyDigest.CopyTo(both[SHA256.HashSizeInBytes..]);
        return SHA256.HashData(both);
    }
}
