using System.Collections.Immutable;

namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>A tunnel's bundle at its current epoch, and the holders of any of its epochs.</summary>
internal sealed record BundleState(
    long Epoch,
    ImmutableArray<BundleAnchor> Anchors,
    ImmutableArray<BundleHolder> Holders
)
{
    public BundleAnchor? Active => Anchors.FirstOrDefault(anchor => anchor.Role == AnchorRole.Active);

    public BundleAnchor? Find(string id) => Anchors.FirstOrDefault(anchor => anchor.Id == id);
}
