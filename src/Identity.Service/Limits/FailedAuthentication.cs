using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Limits;

/// <summary>
/// Limits failed credentials per source address (S31). Many clients can share an address, so a source at the limit does
/// not lose its valid credentials: a credential that this node accepted from there within the last hour is still
/// verified, and any other one as long as the source stays within the limit of paths that need no credential.
/// </summary>
internal sealed class FailedAuthentication(
    SourceRateLimiter failures,
    SourceRateLimiter unauthenticated,
    TimeProvider time
)
{
    /// <summary>The most credentials in memory; at the limit, the older half is removed.</summary>
    public const int MaxAccepted = 16_384;

    public static readonly TimeSpan RememberedFor = TimeSpan.FromHours(1);

    // Digests only, with the time of the last success.
    private readonly ConcurrentDictionary<(IPAddress Source, UInt128 Credential), long> accepted = new();

    /// <summary>Null if the credential is to be verified; otherwise the refusal of the source.</summary>
    public Refusal? Check(IPAddress source, string credential) =>
        failures.IsExhausted(source) is { } limited
        && !WasAccepted(source, credential)
        && unauthenticated.TryTake(source) is not null
            ? limited
            : null;

    public void Accept(IPAddress source, string credential)
    {
        accepted[ToKey(source, credential)] = time.GetTimestamp();
        if (accepted.Count > MaxAccepted)
        {
            DropOlderHalf();
        }
    }

    public void Fail(IPAddress source, string credential)
    {
        accepted.TryRemove(ToKey(source, credential), out _);
        failures.TryTake(source);
    }

    private bool WasAccepted(IPAddress source, string credential) =>
        accepted.TryGetValue(ToKey(source, credential), out var at) && time.GetElapsedTime(at) <= RememberedFor;

    private void DropOlderHalf()
    {
        foreach (var (key, _) in accepted.ToArray().OrderBy(entry => entry.Value).Take(MaxAccepted / 2))
        {
            accepted.TryRemove(key, out _);
        }
    }

    private static (IPAddress, UInt128) ToKey(IPAddress source, string credential)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(credential), digest);
        return (SourceLimiter.GetKey(source), BinaryPrimitives.ReadUInt128BigEndian(digest));
    }
}
