using Culvert.Ca.Certificates;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>Every signature below the root verifies, and so does the self-signature of a root that is an anchor.</summary>
internal sealed class ChainSignaturesVerify : IAuthorityCheck
{
    public bool NeedsOrder => true;

    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count; i++)
        {
            ParsedCertificate certificate = subject.Chain[i];
            bool isLast = i == subject.Chain.Count - 1;
            ParsedCertificate? issuer = isLast ? (certificate.IsSelfIssued ? certificate : null) : subject.Chain[i + 1];

            // A root at the top of a chain may use an old hash that we do not verify; see IsStrong.
            bool canSkip = isLast && certificate.SignatureScheme is null;
            if (issuer?.PublicKey is { } key && !canSkip && !certificate.IsSignedBy(key))
            {
                return new CaRefusal(
                    CaErrorCodes.CaSignatureInvalid,
                    $"The certificate's signature does not verify{subject.Place(i)}."
                );
            }
        }

        return null;
    }
}
