using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>One authority of the platform CA as stored.</summary>
internal sealed record PlatformAuthority
{
    public required CertificateAuthorityId Id { get; init; }

    public required PlatformTier Tier { get; init; }

    public required ParsedCertificate Certificate { get; init; }

    public required byte[] SealedKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
