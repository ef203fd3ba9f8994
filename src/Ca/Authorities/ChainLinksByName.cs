using Culvert.Ca.Certificates;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>RFC 5280 §6.1.3 (a)(4) and §4.2.1.1: issuer equals next subject byte for byte, key identifiers agree.</summary>
internal sealed class ChainLinksByName : IAuthorityCheck
{
    public bool NeedsOrder => true;

    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count; i++)
        {
            ParsedCertificate certificate = subject.Chain[i];
            bool isLast = i == subject.Chain.Count - 1;
            if (isLast && !certificate.IsSelfIssued)
            {
                // A trust anchor that is a subordinate CA: its issuers are not checked.
                continue;
            }

            ParsedCertificate issuer = isLast ? certificate : subject.Chain[i + 1];
            if (!certificate.Issuer.HasSameEncoding(issuer.Subject))
            {
                return new CaRefusal(
                    CaErrorCodes.CaIdentifiers,
                    $"Issuer and the next subject differ in encoding{subject.Place(i)}."
                );
            }

            if (
                certificate.AuthorityKeyIdentifier is { } named
                && issuer.SubjectKeyIdentifier is { } actual
                && !named.Span.SequenceEqual(actual.Span)
            )
            {
                return new CaRefusal(
                    CaErrorCodes.CaIdentifiers,
                    $"The authority key identifier is not the issuer's subject key identifier{subject.Place(i)}."
                );
            }
        }

        return null;
    }
}
