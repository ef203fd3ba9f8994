using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

internal sealed record PlatformAuthority
{
    public required CertificateAuthorityId Id { get; init; }

    public required PlatformTier Tier { get; init; }

    public required ParsedCertificate Certificate { get; init; }

    /// <summary>Null once destroyed.</summary>
    public required byte[]? SealedKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The root that certified it; null for roots.</summary>
    public string? RootId { get; init; }

    /// <summary>The administrator who created a root, for two-person approval (S16); null = init.</summary>
    public string? MadeBy { get; init; }

    /// <summary>Only for roots.</summary>
    public RootState State { get; init; } = RootState.Active;

    public DateTimeOffset StateSince { get; init; }

    /// <summary>Roots: the first epoch of the bundle that contains it.</summary>
    public long AddedEpoch { get; init; } = 1;

    /// <summary>Roots: the first epoch that no longer contains it; null = it is in the bundle.</summary>
    public long? RemovedEpoch { get; init; }
}
