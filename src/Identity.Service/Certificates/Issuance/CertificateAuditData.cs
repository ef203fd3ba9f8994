using System.Text.Json;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Issuance;

internal static class CertificateAuditData
{
    public static void Write(Utf8JsonWriter json, CertificateRecord certificate)
    {
        json.WriteString("certificate_id", certificate.Id.Value);
        json.WriteString("serial", certificate.Serial);
        json.WriteString("kind", WireNames.Of(certificate.Kind));
        json.WriteString("identity", certificate.Identity);
        WriteOptional(json, "tunnel_id", certificate.TunnelId);
        WriteOptional(json, "enrollment_id", certificate.EnrollmentId);
        WriteOptional(json, "edge_id", certificate.EdgeId);
        WriteOptional(json, "ca_id", certificate.CaId);
        json.WriteString("not_before", certificate.NotBefore.UtcDateTime);
        json.WriteString("not_after", certificate.NotAfter.UtcDateTime);
        WriteOptional(json, "fingerprint", certificate.Fingerprint);
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
