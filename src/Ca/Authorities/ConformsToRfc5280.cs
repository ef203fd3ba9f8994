using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>RFC 5280 §4.1.2.2, §4.1.2.5, §4.2: serial number, times, extensions.</summary>
internal sealed class ConformsToRfc5280 : IAuthorityCheck
{
    // RFC 5280 §4.1.2.2: conforming authorities use at most 20 octets.
    private const int MaxSerialOctets = 20;

    private static readonly HashSet<string> KnownCritical =
    [
        Oids.BasicConstraints,
        Oids.KeyUsage,
        Oids.ExtendedKeyUsage,
        Oids.SubjectAlternativeName,
        Oids.NameConstraints,
        Oids.CertificatePolicies,
        Oids.PolicyMappings,
        Oids.PolicyConstraints,
        Oids.InhibitAnyPolicy,
        Oids.CrlDistributionPoints,
    ];

    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count; i++)
        {
            if (FindError(subject.Chain[i]) is { } error)
            {
                return new CaRefusal(CaErrorCodes.CaNonconformant, error + subject.Place(i) + ".");
            }
        }

        return null;
    }

    private static string? FindError(ParsedCertificate certificate)
    {
        ReadOnlySpan<byte> serial = certificate.SerialNumber.Span;
        if (serial[0] >= 0x80 || serial.Length > MaxSerialOctets || serial.IndexOfAnyExcept((byte)0) < 0)
        {
            return "The serial number is negative, zero or longer than 20 octets";
        }

        if (certificate.HasBadTime || certificate.NotBefore > certificate.NotAfter)
        {
            return "The validity is not encoded as RFC 5280 requires, or notAfter is before notBefore";
        }

        if (certificate.Extensions.DistinctBy(extension => extension.Oid).Count() != certificate.Extensions.Count)
        {
            return "An extension occurs twice";
        }

        return certificate.Extensions.Any(extension => extension.Critical && !KnownCritical.Contains(extension.Oid))
            ? "A critical extension is unknown"
            : null;
    }
}
