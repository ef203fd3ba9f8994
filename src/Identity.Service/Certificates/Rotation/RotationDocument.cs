using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>The state of an authority in a rotation: the missing parties, and those that a switch would affect.</summary>
/// <param name="NeededEpoch">The first epoch with its certificate; null = not in the bundle.</param>
/// <param name="Missing">Whom its activation waits for.</param>
/// <param name="LateJoiners">Offline agents: they fetch the bundle when they reconnect, and block nothing.</param>
/// <param name="PropagationEndsAt">
/// End of the clients' propagation time when no relying party is registered; else null.
/// </param>
/// <param name="LiveLeaves">Certificates of its making that have not ended.</param>
/// <param name="RetiresAt">
/// When a retiring authority leaves the bundle: after its last certificate's expiry; null = none.
/// </param>
/// <param name="AffectedAgents">
/// Agents that present a certificate that it issued: those that a forced withdrawal affects.
/// </param>
/// <param name="Signing">Attempts to have its request signed; null = there was none.</param>
/// <param name="Override">The command that accepts missing parties; null = none is missing.</param>
/// <param name="Next">What to do next; null = nothing.</param>
internal sealed record RotationDocument(
    string Id,
    string Name,
    string TunnelId,
    string State,
    long TrustBundleEpoch,
    long? NeededEpoch,
    IReadOnlyList<RotationMissing> Missing,
    IReadOnlyList<string> LateJoiners,
    DateTime? PropagationEndsAt,
    long LiveLeaves,
    DateTime? RetiresAt,
    IReadOnlyList<string> AffectedAgents,
    RotationSigning? Signing,
    string? Override,
    string? Next
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "certificate_authority_rotation";
}
