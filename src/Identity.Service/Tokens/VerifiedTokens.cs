using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Culvert.Identity.Service.Tokens;

/// <summary>
/// Access tokens whose signature was verified, by their digest: a token that is used for many requests is verified
/// once. Only what cannot change is cached; time, revocation and the key's validity are checked at each use.
/// </summary>
internal sealed class VerifiedTokens
{
    /// <summary>Tokens per generation. A third generation removes tokens not used since the first.</summary>
    public const int MaxPerGeneration = 2048;

    private volatile ConcurrentDictionary<(UInt128, UInt128), VerifiedToken> young = new();
    private volatile ConcurrentDictionary<(UInt128, UInt128), VerifiedToken> old = new();

    /// <summary>The key of the cache: the token's SHA-256.</summary>
    public static (UInt128, UInt128) Digest(ReadOnlySpan<byte> token)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(token, digest);
        var halves = MemoryMarshal.Cast<byte, UInt128>(digest);
        return (halves[0], halves[1]);
    }

    public VerifiedToken? Find((UInt128, UInt128) digest)
    {
        if (young.TryGetValue(digest, out var token))
        {
            return token;
        }

        if (old.TryGetValue(digest, out token))
        {
            Add(digest, token);
        }

        return token;
    }

    public void Add((UInt128, UInt128) digest, VerifiedToken token)
    {
        var into = young;
        into[digest] = token;
        // Counting locks all: done once in sixty-four additions, selected by bits that no client can choose.
        if (((ulong)digest.Item1 & 63) == 0 && into.Count >= MaxPerGeneration)
        {
            old = into;
            young = new();
        }
    }
}
