namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>An authority in a tunnel's bundle.</summary>
/// <param name="Since">The epoch that added it.</param>
/// <param name="HasLiveLeaves">Whether agents may still present a leaf that it issued.</param>
internal sealed record BundleAnchor(string Id, AnchorRole Role, long Since, bool HasLiveLeaves);
