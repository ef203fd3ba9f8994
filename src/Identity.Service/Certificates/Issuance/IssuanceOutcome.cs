using Culvert.Ca.Certificates;
using Culvert.Ca.Orders;
using Culvert.Identity.Service.Errors;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>The result of a job: either a certificate or a refusal.</summary>
internal sealed record IssuanceOutcome
{
    public CertificateDocument? Document { get; private init; }

    public Refusal? Refusal { get; private init; }

    public static IssuanceOutcome From(
        CertificateRecord record,
        ParsedCertificate certificate,
        SigningAuthority authority
    )
    {
        var (after, before) = ValidityWindow.GetRenewalWindow(record.Serial, record.IssuedAt, record.NotAfter);
        return new()
        {
            Document = new CertificateDocument(
                Serial: record.Serial,
                CertificatePem: certificate.ToPem(),
                ChainPem: authority.ChainPem,
                NotBefore: record.NotBefore,
                NotAfter: record.NotAfter,
                IssuedAt: record.IssuedAt,
                RenewAfter: after,
                RenewBefore: before,
                CaId: authority.CaId
            ),
        };
    }

    public static IssuanceOutcome Refused(Refusal refusal) => new() { Refusal = refusal };
}
