using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Identity.Service.Certificates.RelyingParties;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Bundles;

/// <param name="State">Anchors by authority (or registration) id; holders by agent or relying party id.</param>
internal sealed record TunnelBundle(
    Tunnel Tunnel,
    BundleState State,
    IReadOnlyDictionary<string, RegisteredCertificate> Anchors,
    IReadOnlyDictionary<string, AgentDocument> Agents,
    IReadOnlyDictionary<string, (RelyingParty Party, KnownHolder? Known)> Parties
)
{
    /// <summary>
    /// The archived relying parties that called within <see cref="TunnelBundles.SilentAfter"/>, and therefore may still
    /// verify certificates.
    /// </summary>
    public IReadOnlyList<(RelyingParty Party, KnownHolder Known)> Departed { get; init; } = [];

    /// <summary>Since when the bundle waits for that holder to acknowledge that anchor.</summary>
    public DateTimeOffset WaitsSince(BundleHolder holder, string anchorId)
    {
        var added = Anchors[anchorId].CreatedAt;
        var joined =
            holder.Kind == HolderKind.Agent
                ? new DateTimeOffset(Agents[holder.Id].CreatedAt, TimeSpan.Zero)
                : Parties[holder.Id].Party.CreatedAt;
        return joined > added ? joined : added;
    }
}
