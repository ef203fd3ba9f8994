using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Culvert.Jose.Proofs;
using Culvert.Jose.Refusals;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Checks proofs of possession of one route (RFC 9449 §§4.3, 7.1).</summary>
internal sealed class ProofCheck(
    TimeProvider time,
    int maxRemembered = ProofCheck.DefaultRemembered,
    int maxPerKey = ProofCheck.DefaultPerKey
)
{
    internal const int DefaultRemembered = 100_000;

    /// <summary>Of one key, so that a busy client is refused alone.</summary>
    internal const int DefaultPerKey = 5_000;

    /// <summary>How far a proof's time may lie from ours, on both sides. Nonces are not used.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();

    // Guarded by the gate. Digests, because clients choose how long a jti is.
    private readonly HashSet<UInt128> used = [];
    private readonly Dictionary<UInt128, int> usedOfKey = [];
    private readonly PriorityQueue<(UInt128 Proof, UInt128 Key), DateTimeOffset> ends = new();

    /// <param name="headers">The <c>DPoP</c> fields.</param>
    /// <param name="thumbprint">What the token is bound to.</param>
    /// <param name="token">The token that the request carries.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="url">Its URL as clients write it.</param>
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

    // §11.1. Refusing beats forgetting: a proof that was forgotten can be used again.
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
