using System.Formats.Asn1;
using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;

namespace Culvert.Ca.Linting;

/// <summary>The list's address is the ordered one, not critical, and one that every verifier can fetch.</summary>
internal sealed class CrlDistributionPointIsOrdered : ICertificateLint
{
    public string Name => "crl_distribution_point_is_ordered";

    public string Clause => "RFC 5280 §4.2.1.13";

    public bool Holds(LintSubject subject)
    {
        DerExtension? extension = subject.Certificate.Extensions.FirstOrDefault(one =>
            one.Oid == Oids.CrlDistributionPoints
        );
        if (subject.Order.CrlDistributionPoint is not { } ordered)
        {
            return extension is null;
        }

        try
        {
            return extension is { Critical: false }
                && ExtensionReaders.ReadCrlDistributionPoint(extension.OpenValue()) == ordered
                && Uri.TryCreate(ordered, UriKind.Absolute, out Uri? uri)
                && uri.Scheme is "http" or "https";
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
