using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Challenges;

/// <summary>A challenge was announced or removed; while it is live, edges let any client check the name.</summary>
internal sealed record AcmeChallengeDecided(
    string Name,
    AuditOrigin Origin,
    string OrganizationId,
    AcmeChallenge Challenge
)
    : AuditEvent(
        Name,
        Origin,
        OrganizationId,
        [new("tunnel", Challenge.TunnelId), new("hostname", Challenge.Name)],
        [
            ("tunnel_id", Challenge.TunnelId),
            ("acme_challenge_id", Challenge.Id.Value),
            ("hostname", Challenge.Name),
            ("key_authorization_sha256", Challenge.Digest),
            ("expires_at", Challenge.ExpiresAt),
        ]
    );
