using System.Formats.Asn1;
using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;

namespace Culvert.Ca.Linting;

/// <summary>The responder's address is the ordered one, not critical, and one that every verifier can ask.</summary>
internal sealed class OcspResponderIsOrdered : ICertificateLint
{
    public string Name => "ocsp_responder_is_ordered";

    public string Clause => "RFC 5280 §4.2.2.1";

    public bool Holds(LintSubject subject)
    {
        DerExtension? extension = subject.Certificate.Extensions.FirstOrDefault(one =>
            one.Oid == Oids.AuthorityInformationAccess
        );
        if (subject.Order.OcspResponder is not { } ordered)
        {
            return extension is null;
        }

        try
        {
            return extension is { Critical: false }
                && ExtensionReaders.ReadOcspResponder(extension.OpenValue()) == ordered
                && Uri.TryCreate(ordered, UriKind.Absolute, out Uri? uri)
                && uri.Scheme is "http" or "https";
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
