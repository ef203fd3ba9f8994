using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>The certificate exists, equals its linted twin and is recorded (S12, second commit).</summary>
internal sealed record CertificateSigned(CertificateRecord Certificate) : AuditEvent
{
    public override string Name => AuditEvents.CertificateSigned;

    protected override void WriteData(Utf8JsonWriter json) => CertificateAuditData.Write(json, Certificate);
}
