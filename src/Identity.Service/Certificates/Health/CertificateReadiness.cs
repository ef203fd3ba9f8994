using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Health;

namespace Culvert.Identity.Service.Certificates.Health;

/// <summary>
/// Two things that fail separately: a node that cannot issue may still serve trust bundles, and clients continue for as
/// long as their certificates are valid.
/// </summary>
internal static class CertificateReadiness
{
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

    public static ReadinessCheck CanServeBundle(CertificateHealthStore store) =>
        new(
            "can_serve_bundle",
            async cancellationToken =>
            {
                // The same read that every feed makes: whatever it throws is the reason.
                await store.ListAuthoritiesAsync(1, cancellationToken);
                return null;
            }
        );
}
