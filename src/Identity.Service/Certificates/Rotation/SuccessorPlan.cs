using System.Collections.Concurrent;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>What is due for each active authority, by its <see cref="RotationSchedule"/> and its last attempt.</summary>
internal sealed class SuccessorPlan(Current<CertificateOptions> options, TimeProvider time)
{
    // In intervals of the rotation loop: an administrator must act first, or the enterprise's signer is unavailable.
    private const int RetryAfter = 5;

    // The certificate of an active authority never changes: it is read once.
    private readonly ConcurrentDictionary<string, (DateTimeOffset NotBefore, DateTimeOffset NotAfter)> lives = new(
        StringComparer.Ordinal
    );

    private readonly ConcurrentDictionary<string, DateTimeOffset> tried = new(StringComparer.Ordinal);

    public bool HasBegun(TunnelAuthority active) => time.GetUtcNow() >= CreateSchedule(active).PrepareAt;

    public RotationDue Decide(TunnelAuthority active, SuccessorPhase phase) =>
        CreateSchedule(active).Decide(phase, time.GetUtcNow());

    public bool IsWaiting(TunnelAuthority authority) =>
        tried.TryGetValue(authority.Id.Value, out var at)
        && time.GetUtcNow() - at < RetryAfter * RotationPace.GetInterval(options.Value);

    public void Record(TunnelAuthority active, bool isDone)
    {
        if (isDone)
        {
            tried.TryRemove(active.Id.Value, out _);
        }
        else
        {
            tried[active.Id.Value] = time.GetUtcNow();
        }
    }

    private RotationSchedule CreateSchedule(TunnelAuthority authority)
    {
        var (notBefore, notAfter) = lives.GetOrAdd(
            authority.Id.Value,
            static (_, read) =>
            {
                var certificate = AuthorityChains.Read(read)[0];
                return (certificate.NotBefore, certificate.NotAfter);
            },
            authority
        );
        var current = options.Value;
        return new RotationSchedule(
            notBefore,
            notAfter,
            current.ServerLife,
            AuthorityLifecycle.Skew,
            current.Propagation
        );
    }
}
