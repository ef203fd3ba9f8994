using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>One authority of the platform CA as stored.</summary>
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

    /// <summary>The person who had a root made, for the rule that two must agree (S16); null = init.</summary>
    public string? MadeBy { get; init; }

    /// <summary>Of roots.</summary>
    public RootState State { get; init; } = RootState.Active;

    /// <summary>When the state last changed.</summary>
    public DateTimeOffset StateSince { get; init; }

    /// <summary>Of roots: the first epoch of the bundle that held it.</summary>
    public long AddedEpoch { get; init; } = 1;

    /// <summary>Of roots: the first epoch without it again; null = it is in the bundle.</summary>
    public long? RemovedEpoch { get; init; }
}
