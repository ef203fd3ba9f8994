using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Certificates;

internal sealed record TunnelCertificateAdded(RegisteredCertificate Certificate) : TunnelCertificateEvent(Certificate)
{
    public override string Name => AuditEvents.TunnelCertificateAdded;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", Certificate.TunnelId.Value);
        json.WriteString("tunnel_certificate_id", Certificate.Id.Value);
        json.WriteString("certificate_fingerprint", Certificate.Fingerprint);
        json.WriteString("expires_at", Certificate.ExpiresAt.UtcDateTime);
        WriteOptional(json, "requested_by", Certificate.Pending?.RequestedBy);
    }
}
