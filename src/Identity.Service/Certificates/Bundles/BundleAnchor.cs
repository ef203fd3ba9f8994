namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>An authority in a tunnel's bundle.</summary>
/// <param name="Since">The epoch that brought it in.</param>
/// <param name="HasLiveLeaves">Whether some leaf of its making may still be shown to clients.</param>
internal sealed record BundleAnchor(string Id, AnchorRole Role, long Since, bool HasLiveLeaves);
