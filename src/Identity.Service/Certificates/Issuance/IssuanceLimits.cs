using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Limits;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// Limits certificates per identity, tunnel and authority. A client in a loop reaches its own limit, and a fleet in a
/// loop its tunnel's, before either fills the inventory or the signing queue. All nodes count together.
/// </summary>
internal sealed class IssuanceLimits(SharedLimits limits)
{
    private readonly KeyedRateLimiter<string> perIdentity = limits.Create<string>(
        "certificates_per_identity",
        options => options.CertificatesPerIdentity
    );
    private readonly KeyedRateLimiter<string> perTunnel = limits.Create<string>(
        "certificates_per_tunnel",
        options => options.CertificatesPerTunnel
    );
    private readonly KeyedRateLimiter<string> perAuthority = limits.Create<string>(
        "certificates_per_authority",
        options => options.CertificatesPerAuthority
    );

    /// <summary>Takes one unit of each limit; null = allowed. The service's own certificates are not counted.</summary>
    public Refusal? TryTake(IssuanceJob job)
    {
        if (job.Kind == CertificateKind.Service)
        {
            return null;
        }

        var request = job.Request;
        return Consume(
                "certificates_per_identity",
                perIdentity,
                request.EnrollmentId ?? request.EdgeId ?? request.Principal ?? job.Identity
            )
            ?? (request.TunnelId is { } tunnel ? Consume("certificates_per_tunnel", perTunnel, tunnel) : null)
            ?? Consume("certificates_per_authority", perAuthority, job.Authority.CaId ?? "platform");
    }

    private static Refusal? Consume(string name, KeyedRateLimiter<string> limiter, string key) =>
        limiter.TryTake(key, IssuanceErrors.Limit)?.With("limit", name);
}
