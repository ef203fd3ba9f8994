namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <param name="Epoch">Counts the changes of the bundle.</param>
/// <param name="Authorities">Both tiers, oldest first.</param>
internal sealed record PlatformRecords(
    long Epoch,
    IReadOnlyList<PlatformAuthority> Authorities,
    IReadOnlyList<PlatformLink> Links
);
