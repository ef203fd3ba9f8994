using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Culvert.Identity.Service.Tokens;

/// <summary>
/// Access tokens whose signature was verified, by their digest: who uses one for many requests has it verified once. Only
/// what cannot change is kept; time, revocation and whether the key still counts are asked at each use.
/// </summary>
internal sealed class VerifiedTokens
{
    /// <summary>Tokens of a generation. With every third, what was not used since the first is forgotten.</summary>
    public const int MaxPerGeneration = 2048;

    private volatile ConcurrentDictionary<(UInt128, UInt128), VerifiedToken> young = new();
    private volatile ConcurrentDictionary<(UInt128, UInt128), VerifiedToken> old = new();

    /// <summary>What a token is found by: its SHA-256.</summary>
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
        // Counting locks the whole of it: one addition in sixty-four checks, chosen by bits that no client can choose.
        if (((ulong)digest.Item1 & 63) == 0 && into.Count >= MaxPerGeneration)
        {
            old = into;
            young = new();
        }
    }
}
