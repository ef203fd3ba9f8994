using Culvert.Ca.Issuance;
using Culvert.Identity.Service.Hosting;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>What became of a job: exactly one of certificate, refusal and conflict is set.</summary>
internal sealed record IssuanceOutcome
{
    /// <summary>The recorded certificate as the wire shows it.</summary>
    public CertificateDocument? Document { get; private init; }

    /// <summary>The certificate itself.</summary>
    public IssuedCertificate? Issued { get; private init; }

    public Refusal? Refusal { get; private init; }

    /// <summary>A statement of <see cref="IssuanceJob.WithIntent"/> met another state than expected.</summary>
    public Enum? Conflict { get; private init; }

    public static IssuanceOutcome Of(IssuedCertificate issued, SigningAuthority authority) =>
        new()
        {
            Issued = issued,
            Document = new CertificateDocument
            {
                Serial = issued.Serial.Hex,
                CertificatePem = issued.Certificate.ToPem(),
                ChainPem = authority.ChainPem,
                NotBefore = issued.Validity.NotBefore,
                NotAfter = issued.Validity.NotAfter,
                IssuedAt = issued.Validity.IssuedAt,
                RenewAfter = issued.Validity.RenewAfter,
                RenewBefore = issued.Validity.RenewBefore,
                CaId = authority.CaId,
            },
        };

    public static IssuanceOutcome Refused(Refusal refusal) => new() { Refusal = refusal };

    public static IssuanceOutcome Conflicting(Enum conflict) => new() { Conflict = conflict };
}
