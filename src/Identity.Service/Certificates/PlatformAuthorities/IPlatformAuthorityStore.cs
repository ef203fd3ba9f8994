using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

internal interface IPlatformAuthorityStore
{
    /// <summary>The newest of a tier; null before init.</summary>
    ValueTask<PlatformAuthority?> FindNewestAsync(PlatformTier tier, CancellationToken cancellationToken);

    Statement Insert(PlatformAuthority authority);
}
