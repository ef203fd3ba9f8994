using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Challenges;

/// <summary>A challenge was announced or removed; while it is live, edges let any client check the name.</summary>
internal sealed record AcmeChallengeDecided(string EventName, AcmeChallenge Challenge) : AuditEvent
{
    public override string Name => EventName;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", Challenge.TunnelId);
        json.WriteString("acme_challenge_id", Challenge.Id.Value);
        json.WriteString("hostname", Challenge.Name);
        json.WriteString("key_authorization_sha256", Challenge.Digest);
        json.WriteString("expires_at", Challenge.ExpiresAt.UtcDateTime);
    }
}
