namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>The state of an authority in a rotation: the missing parties, and those that a switch would affect.</summary>
internal sealed record RotationDocument
{
    public string Type { get; } = "certificate_authority_rotation";

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string TunnelId { get; init; }

    public required string State { get; init; }

    public required long TrustBundleEpoch { get; init; }

    /// <summary>The first epoch with its certificate; null = not in the bundle.</summary>
    public required long? NeededEpoch { get; init; }

    /// <summary>Whom its activation waits for.</summary>
    public required IReadOnlyList<RotationMissing> Missing { get; init; }

    /// <summary>Offline agents: they fetch the bundle when they reconnect, and block nothing.</summary>
    public required IReadOnlyList<string> LateJoiners { get; init; }

    /// <summary>End of the clients' propagation time when no relying party is registered; else null.</summary>
    public required DateTime? PropagationEndsAt { get; init; }

    /// <summary>Certificates of its making that have not ended.</summary>
    public required long LiveLeaves { get; init; }

    /// <summary>When a retiring authority leaves the bundle: after its last certificate's expiry; null = none.</summary>
    public required DateTime? RetiresAt { get; init; }

    /// <summary>Agents that present a certificate that it issued: those that a forced withdrawal affects.</summary>
    public required IReadOnlyList<string> AffectedAgents { get; init; }

    /// <summary>Attempts to have its request signed; null = there was none.</summary>
    public required RotationSigning? Signing { get; init; }

    /// <summary>The command that accepts missing parties; null = none is missing.</summary>
    public required string? Override { get; init; }

    /// <summary>What to do next; null = nothing.</summary>
    public required string? Next { get; init; }
}
