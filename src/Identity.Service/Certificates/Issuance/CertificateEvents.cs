using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Issuance;

internal static class CertificateEvents
{
    /// <summary>A serial number and the intent to sign are recorded; nothing is signed yet (S12, first commit).</summary>
    public static AuditEvent Signing(AuditOrigin origin, CertificateRecord certificate) =>
        About(AuditEvents.CertificateSigning, origin, certificate, ToSubjects(certificate));

    /// <summary>The certificate exists, equals its linted twin and is recorded (S12, second commit).</summary>
    public static AuditEvent Signed(AuditOrigin origin, CertificateRecord certificate) =>
        About(AuditEvents.CertificateSigned, origin, certificate, ToSubjects(certificate));

    /// <summary>An intent that will never become a certificate, because signing failed; its serial number stays used.</summary>
    public static AuditEvent Voided(AuditOrigin origin, CertificateRecord certificate, string reason) =>
        About(AuditEvents.CertificateVoided, origin, certificate, ToSubjects(certificate)) with
        {
            Status = AuditStatus.Denied(reason),
        };

    /// <summary>As <see cref="Voided"/>, of an intent that was found without its certificate.</summary>
    public static AuditEvent Orphaned(AuditOrigin origin, CertificateRecord certificate, string reason) =>
        Voided(origin, certificate, reason) with
        {
            Resources = [],
        };

    /// <summary>A certificate was revoked, or its reason became keyCompromise.</summary>
    public static AuditEvent Revoked(
        AuditOrigin origin,
        CertificateRecord certificate,
        RevocationReason reason,
        string? comment
    ) =>
        About(
            AuditEvents.CertificateRevoked,
            origin,
            certificate,
            ToResources(
                ("certificate", certificate.Id.Value),
                ("tunnel", certificate.TunnelId),
                ("certificate_authority", certificate.CaId)
            ),
            [
                ("reason", RevocationReasons.GetName(reason)),
                (
                    "previous_reason",
                    certificate.RevocationReason is { } previous ? RevocationReasons.GetName(previous) : null
                ),
                ("comment", comment),
            ]
        );

    private static AuditEvent About(
        string name,
        AuditOrigin origin,
        CertificateRecord certificate,
        IReadOnlyList<AuditResource> resources,
        AuditData? data = null
    ) =>
        new(
            name,
            origin,
            certificate.OrganizationId,
            resources,
            [
                ("certificate_id", certificate.Id.Value),
                ("serial", certificate.Serial),
                ("kind", WireNames.Get(certificate.Kind)),
                ("identity", certificate.Identity),
                .. AuditData.Optional("tunnel_id", certificate.TunnelId),
                .. AuditData.Optional("enrollment_id", certificate.EnrollmentId),
                .. AuditData.Optional("edge_id", certificate.EdgeId),
                .. AuditData.Optional("ca_id", certificate.CaId),
                ("not_before", certificate.NotBefore),
                ("not_after", certificate.NotAfter),
                .. AuditData.Optional("fingerprint", certificate.Fingerprint),
                .. data ?? AuditData.Empty,
            ]
        );

    private static IReadOnlyList<AuditResource> ToSubjects(CertificateRecord certificate) =>
        ToResources(
            ("tunnel", certificate.TunnelId),
            ("agent", certificate.EnrollmentId),
            ("edge", certificate.EdgeId),
            ("certificate_authority", certificate.CaId)
        );

    private static IReadOnlyList<AuditResource> ToResources(params (string Type, string? Id)[] all) =>
        [.. all.Where(one => one.Id is not null).Select(one => new AuditResource(one.Type, one.Id!))];
}
