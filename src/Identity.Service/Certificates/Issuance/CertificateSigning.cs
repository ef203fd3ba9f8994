using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>A serial number and the intent to sign are recorded; nothing is signed yet (S12, first commit).</summary>
internal sealed record CertificateSigning(CertificateRecord Certificate) : AuditEvent
{
    public override string Name => AuditEvents.CertificateSigning;

    protected override void WriteData(Utf8JsonWriter json) => CertificateAuditData.Write(json, Certificate);
}
