using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>The first certificate is for the key that the service made.</summary>
internal sealed class HoldsOurKey : IAuthorityCheck
{
    public CaRefusal? Check(AuthoritySubject subject)
    {
        if (subject.OurKey is not { } ourKey || IsFor(subject.Chain[0], ourKey))
        {
            return null;
        }

        return subject.Chain.Any(certificate => IsFor(certificate, ourKey))
            ? new CaRefusal(CaErrorCodes.CaChain, "The authority's own certificate must be the first.")
            : new CaRefusal(CaErrorCodes.CaKeyMismatch, "No certificate is for the key that the service made.");
    }

    private static bool IsFor(ParsedCertificate certificate, SubjectPublicKey key) =>
        certificate.PublicKey?.IsSameKey(key) == true;
}
