using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Tokens.Binding;

/// <summary>
/// The proofs that this node has accepted, while their <c>iat</c> would allow them again (RFC 9449 §11.1). Bounded:
/// when it is full, no further proof is accepted until older minutes expire. Only callers with a valid token or
/// assertion reach this, so a stranger cannot fill it.
/// </summary>
internal sealed class UsedProofs(TimeProvider time, int capacity = UsedProofs.DefaultCapacity)
{
    /// <summary>8,000 per second over the two minutes in which a proof is usable; about 60 MB when full.</summary>
    public const int DefaultCapacity = 1_000_000;

    // By the minute in which the proofs expire, so that expired ones are removed with their bucket.
    private readonly ConcurrentDictionary<long, ConcurrentDictionary<UInt128, byte>> buckets = new();
    private long sweptMinute;
    private int count;

    public int Count => Volatile.Read(ref count);

    /// <param name="until">From then on the proof's own time refuses it.</param>
    public ProofUse TryUse(string thumbprint, string tokenId, DateTimeOffset until)
    {
        Sweep();
        var bucket = buckets.GetOrAdd(until.ToUnixTimeSeconds() / 60, static _ => new());
        var key = CreateKey(thumbprint, tokenId);
        if (bucket.ContainsKey(key))
        {
            return ProofUse.Replayed;
        }

        // Counted before it is added, so that concurrent callers do not exceed the capacity.
        if (Interlocked.Increment(ref count) > capacity)
        {
            Interlocked.Decrement(ref count);
            return ProofUse.Full;
        }

        if (bucket.TryAdd(key, 0))
        {
            return ProofUse.Used;
        }

        Interlocked.Decrement(ref count);
        return ProofUse.Replayed;
    }

    private void Sweep()
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        var swept = Interlocked.Read(ref sweptMinute);
        if (swept == minute || Interlocked.CompareExchange(ref sweptMinute, minute, swept) != swept)
        {
            return;
        }

        foreach (var key in buckets.Keys)
        {
            // One minute longer than needed: a request whose times were checked just before may still arrive.
            if (key < minute - 1 && buckets.TryRemove(key, out var bucket))
            {
                Interlocked.Add(ref count, -bucket.Count);
            }
        }
    }

    // 128 bits: a caller that searches for two colliding proofs of its own key harms only itself.
    private static UInt128 CreateKey(string thumbprint, string tokenId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{thumbprint}\n{tokenId}"), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
