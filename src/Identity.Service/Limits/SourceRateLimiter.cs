using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Limits;

/// <summary>
/// One token bucket per source address (IPv6: per /64, the smallest block of a single customer) for paths that no
/// credential protects.
/// </summary>
/// <param name="readLimit">Read at each use.</param>
/// <param name="maxSources">More sources than that share one bucket.</param>
/// <param name="name">The name of the limit in the nodes' reports, if the limit is shared.</param>
internal sealed class SourceRateLimiter(
    Func<RateLimit> readLimit,
    TimeProvider time,
    int maxSources = 65536,
    LimitShares? shares = null,
    string name = ""
)
{
    private readonly KeyedRateLimiter<UInt128> buckets = new(readLimit, time, maxSources, shares, name);

    public SourceRateLimiter(RateLimit limit, TimeProvider time, int maxSources = 65536)
        : this(() => limit, time, maxSources) { }

    /// <summary>Null if allowed; otherwise the refusal with the time to wait.</summary>
    public Refusal? TryTake(IPAddress source) => buckets.TryTake(ToKey(source), RequestErrors.RateLimited);

    /// <summary>As <see cref="TryTake"/>, but takes nothing.</summary>
    public Refusal? IsExhausted(IPAddress source) =>
        buckets.IsExhausted(ToKey(source)) is { } wait
            ? RequestErrors.RateLimited.Refuse() with
            {
                RetryAfter = wait,
            }
            : null;

    private static UInt128 ToKey(IPAddress source)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        source.TryWriteBytes(bytes, out var written);
        if (source.AddressFamily == AddressFamily.InterNetworkV6)
        {
            bytes[8..].Clear();
        }
        else
        {
            bytes[15] = (byte)written; // an IPv4 address never equals an IPv6 prefix
        }

        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
