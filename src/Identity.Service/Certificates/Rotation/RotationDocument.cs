using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>The state of an authority in a rotation: the missing parties, and those that a switch would affect.</summary>
internal sealed record RotationDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "certificate_authority_rotation";

    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("state")]
    public required string State { get; init; }

    [JsonPropertyName("trust_bundle_epoch")]
    public required long TrustBundleEpoch { get; init; }

    /// <summary>The first epoch with its certificate; null = not in the bundle.</summary>
    [JsonPropertyName("needed_epoch")]
    public required long? NeededEpoch { get; init; }

    /// <summary>Whom its activation waits for.</summary>
    [JsonPropertyName("missing")]
    public required IReadOnlyList<RotationMissing> Missing { get; init; }

    /// <summary>Offline agents: they fetch the bundle when they reconnect, and block nothing.</summary>
    [JsonPropertyName("late_joiners")]
    public required IReadOnlyList<string> LateJoiners { get; init; }

    /// <summary>End of the clients' propagation time when no relying party is registered; else null.</summary>
    [JsonPropertyName("propagation_ends_at")]
    public required DateTime? PropagationEndsAt { get; init; }

    /// <summary>Certificates of its making that have not ended.</summary>
    [JsonPropertyName("live_leaves")]
    public required long LiveLeaves { get; init; }

    /// <summary>When a retiring authority leaves the bundle: after its last certificate's expiry; null = none.</summary>
    [JsonPropertyName("retires_at")]
    public required DateTime? RetiresAt { get; init; }

    /// <summary>Agents that present a certificate that it issued: those that a forced withdrawal affects.</summary>
    [JsonPropertyName("affected_agents")]
    public required IReadOnlyList<string> AffectedAgents { get; init; }

    /// <summary>Attempts to have its request signed; null = there was none.</summary>
    [JsonPropertyName("signing")]
    public required RotationSigning? Signing { get; init; }

    /// <summary>The command that accepts missing parties; null = none is missing.</summary>
    [JsonPropertyName("override")]
    public required string? Override { get; init; }

    /// <summary>What to do next; null = nothing.</summary>
    [JsonPropertyName("next")]
    public required string? Next { get; init; }
}
