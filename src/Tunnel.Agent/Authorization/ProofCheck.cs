using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Culvert.Jose.Proofs;
using Culvert.Jose.Refusals;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Checks the DPoP proofs of one route (RFC 9449 §§4.3, 7.1).</summary>
internal sealed class ProofCheck(
    TimeProvider time,
    int maxRemembered = ProofCheck.DefaultRemembered,
    int maxPerKey = ProofCheck.DefaultPerKey
)
{
    internal const int DefaultRemembered = 100_000;

    /// <summary>The limit for one key, so that a busy client is refused alone.</summary>
    internal const int DefaultPerKey = 5_000;

    /// <summary>The largest difference between a proof's time and the agent's. Nonces are not used.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();

    // Guarded by gate. Digests, because clients choose the length of a jti.
    private readonly HashSet<UInt128> used = [];
    private readonly Dictionary<UInt128, int> usedOfKey = [];
    private readonly PriorityQueue<(UInt128 Proof, UInt128 Key), DateTimeOffset> ends = new();

    /// <param name="url">The request's URL as the client writes it.</param>
    public ProofError Check(StringValues headers, string thumbprint, string token, string method, string url)
    {
        if (headers.Count != 1)
        {
            return ProofError.Missing;
        }

        var compact = Encoding.Latin1.GetBytes(headers.ToString());
        if (DpopProof.TryParse(compact, out var proof) != JoseRefusal.None)
        {
            return ProofError.Malformed;
        }

        if (proof!.Thumbprint != thumbprint)
        {
            return ProofError.Key;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var target) || !proof.IsFor(method, target))
        {
            return ProofError.Request;
        }

        if (proof.AccessTokenHash != DpopProofSigner.AccessTokenHash(token))
        {
            return ProofError.Token;
        }

        var (now, made) = (time.GetUtcNow(), DateTimeOffset.FromUnixTimeSeconds(proof.IssuedAt));
        return (now - made).Duration() > Window
            ? ProofError.Time
            : Remember(Digest($"{thumbprint}\0{proof.TokenId}"), Digest(thumbprint), made + Window, now);
    }

    // §11.1. When full, the agent refuses new proofs instead of removing old ones: a removed proof could be replayed.
    private ProofError Remember(UInt128 proof, UInt128 key, DateTimeOffset until, DateTimeOffset now)
    {
        lock (gate)
        {
            while (ends.TryPeek(out var oldest, out var end) && end < now)
            {
                ends.Dequeue();
                used.Remove(oldest.Proof);
                if (--usedOfKey[oldest.Key] == 0)
                {
                    usedOfKey.Remove(oldest.Key);
                }
            }

            if (used.Contains(proof))
            {
                return ProofError.Replayed;
            }

            var ofKey = usedOfKey.GetValueOrDefault(key);
            if (used.Count >= maxRemembered || ofKey >= maxPerKey)
            {
                return ProofError.Crowded;
            }

            used.Add(proof);
            usedOfKey[key] = ofKey + 1;
            ends.Enqueue((proof, key), until);
            return ProofError.None;
        }
    }

    private static UInt128 Digest(string text) =>
        BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
