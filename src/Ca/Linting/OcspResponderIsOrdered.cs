using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;

namespace Culvert.Ca.Linting;

/// <summary>The responder's address is the ordered one, is not critical, and every verifier can query it.</summary>
internal sealed class OcspResponderIsOrdered : ICertificateLint
{
    public string Name => "ocsp_responder_is_ordered";

    public string Clause => "RFC 5280 §4.2.2.1";

    public bool Holds(LintSubject subject) =>
        OrderedAddress.Holds(
            subject,
            Oids.AuthorityInformationAccess,
            subject.Order.OcspResponder,
            ExtensionReaders.ReadOcspResponder
        );
}
