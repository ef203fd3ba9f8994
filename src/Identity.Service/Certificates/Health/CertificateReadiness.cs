using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Health;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Certificates.Health;

/// <summary>Two checks that fail separately: a node that cannot issue may still serve trust bundles.</summary>
internal static class CertificateReadiness
{
    // Shorter than a load balancer's timeout for its check.
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(1);

    public static ReadinessCheck CanIssue(PlatformCa platform, Journal journal, TimeProvider time) =>
        ReadinessCheck.Create(
            "can_issue",
            () =>
                !journal.IsHealthy
                    ? "No: the store does not accept writes, and the service signs nothing that it cannot record."
                : journal.IsReserveReached ? "No: free disk space is below the reserve."
                : platform.Issuing.Certificate.NotAfter < time.GetUtcNow()
                    ? "No: the platform's issuing CA has expired."
                : null
        );

    /// <summary>Fails when no read has succeeded for <see cref="ChangeHub.MaxBlindness"/>.</summary>
    public static ReadinessCheck CanServeBundle(CertificateHealthStore store, TimeProvider time)
    {
        var succeeded = time.GetTimestamp();
        return new(
            "can_serve_bundle",
            async cancellationToken =>
            {
                var began = time.GetTimestamp();
                using var limit = new TimeLimit(ReadLimit, time, cancellationToken);
                try
                {
                    // Every feed makes the same read; any exception is the reason.
                    await store.ListAuthoritiesAsync(1, limit.Token).AsTask().WaitAsync(limit.Token);
                    Volatile.Write(ref succeeded, began);
                    return null;
                }
                catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
                {
                    return time.GetElapsedTime(Volatile.Read(ref succeeded)) <= ChangeHub.MaxBlindness ? null
                        : limit.IsOver ? "No: reading from the store takes longer than a second."
                        : $"No: reading from the store failed with {fault.GetType().Name}.";
                }
            }
        );
    }
}
