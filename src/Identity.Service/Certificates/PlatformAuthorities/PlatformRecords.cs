namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>Everything stored of the platform CA at one moment.</summary>
/// <param name="Epoch">Counts the changes of the bundle.</param>
/// <param name="Authorities">Both tiers, oldest first.</param>
internal sealed record PlatformRecords(
    long Epoch,
    IReadOnlyList<PlatformAuthority> Authorities,
    IReadOnlyList<PlatformLink> Links
);
