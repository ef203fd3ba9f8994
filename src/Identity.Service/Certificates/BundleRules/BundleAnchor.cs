namespace Culvert.Identity.Service.Certificates.BundleRules;

/// <param name="HasLiveLeaves">Whether agents may still present a leaf that it issued.</param>
internal sealed record BundleAnchor(string Id, AnchorRole Role, long Since, bool HasLiveLeaves);
