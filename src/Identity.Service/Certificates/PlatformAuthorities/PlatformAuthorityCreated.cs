using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

internal sealed record PlatformAuthorityCreated(PlatformAuthority Authority) : AuditEvent
{
    public override string Name => AuditEvents.PlatformAuthorityCreated;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("authority_id", Authority.Id.Value);
        json.WriteString("tier", Authority.Tier == PlatformTier.Root ? "root" : "issuing");
        json.WriteString("serial", Authority.Certificate.SerialNumberHex);
        json.WriteString("fingerprint", Authority.Certificate.Fingerprint);
        json.WriteString("not_after", Authority.Certificate.NotAfter.UtcDateTime);
    }
}
