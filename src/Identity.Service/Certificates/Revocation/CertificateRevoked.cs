using System.Text.Json;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>A certificate was revoked, or its reason became keyCompromise.</summary>
internal sealed record CertificateRevoked(CertificateRecord Certificate, RevocationReason Reason, string? Comment)
    : AuditEvent
{
    public override string Name => AuditEvents.CertificateRevoked;

    protected override void WriteData(Utf8JsonWriter json)
    {
        CertificateAuditData.Write(json, Certificate);
        json.WriteString("reason", RevocationReasons.GetName(Reason));
        WriteOptional(
            json,
            "previous_reason",
            Certificate.RevocationReason is { } previous ? RevocationReasons.GetName(previous) : null
        );
        WriteOptional(json, "comment", Comment);
    }
}
