using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>A change of the trust bundle waits for a second administrator (S16).</summary>
internal sealed record TunnelCertificateChangeRequested(RegisteredCertificate Certificate, string? Reason)
    : TunnelCertificateEvent(Certificate)
{
    public override string Name =>
        Certificate.Pending!.Kind == PendingChange.Addition
            ? AuditEvents.TunnelCertificateAdditionRequested
            : AuditEvents.TunnelCertificateRemovalRequested;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", Certificate.TunnelId.Value);
        json.WriteString("tunnel_certificate_id", Certificate.Id.Value);
        json.WriteString("certificate_fingerprint", Certificate.Fingerprint);
        json.WriteString("expires_at", Certificate.ExpiresAt.UtcDateTime);
        WriteOptional(json, "reason", Reason);
    }
}
