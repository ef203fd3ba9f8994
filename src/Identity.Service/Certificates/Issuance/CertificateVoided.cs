using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>An intent that will never become a certificate; its serial number stays used.</summary>
internal sealed record CertificateVoided(CertificateRecord Certificate) : AuditEvent
{
    public override string Name => AuditEvents.CertificateVoided;

    protected override void WriteData(Utf8JsonWriter json) => CertificateAuditData.Write(json, Certificate);
}
