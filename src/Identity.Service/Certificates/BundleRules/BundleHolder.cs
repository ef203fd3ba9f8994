using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.BundleRules;

/// <summary>A machine or relying party that has a copy of a tunnel's bundle, and what is known of that copy.</summary>
/// <param name="Counts">
/// Whether a switch waits for it (S17): a live agent, an unarchived relying party. The others are late joiners: they
/// fetch the current bundle before they do anything else.
/// </param>
/// <param name="Served">The newest epoch sent to it; 0 = none.</param>
/// <param name="Acknowledged">The newest epoch that it acknowledged; 0 = none.</param>
/// <param name="LeafOf">Agents: the authority whose leaf it presents to clients; null = none, or unknown.</param>
internal sealed record BundleHolder(
    string Id,
    HolderKind Kind,
    bool Counts,
    long Served,
    long Acknowledged,
    string? LeafOf = null
);
