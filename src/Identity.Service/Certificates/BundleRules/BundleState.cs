using System.Collections.Immutable;

namespace Culvert.Identity.Service.Certificates.BundleRules;

internal sealed record BundleState(
    long Epoch,
    ImmutableArray<BundleAnchor> Anchors,
    ImmutableArray<BundleHolder> Holders
)
{
    public BundleAnchor? Active => Anchors.FirstOrDefault(anchor => anchor.Role == AnchorRole.Active);

    public BundleAnchor? Find(string id) => Anchors.FirstOrDefault(anchor => anchor.Id == id);
}
