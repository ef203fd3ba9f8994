using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>The first certificate is for the key that the service generated.</summary>
internal sealed class HoldsOurKey : IAuthorityCheck
{
    public CaRefusal? Check(AuthoritySubject subject)
    {
        if (subject.OurKey is not { } ourKey || IsFor(subject.Chain[0], ourKey))
        {
            return null;
        }

        for (int i = 1; i < subject.Chain.Count; i++)
        {
            if (IsFor(subject.Chain[i], ourKey))
            {
                return new CaRefusal(
                    CaErrorCodes.CaChain,
                    $"The chain is in the wrong order: certificate {i + 1} of {subject.Chain.Count} is the authority's own and "
                        + "must be the first, the root the last."
                );
            }
        }

        return new CaRefusal(CaErrorCodes.CaKeyMismatch, "No certificate is for the key that the service made.");
    }

    private static bool IsFor(ParsedCertificate certificate, SubjectPublicKey key) =>
        certificate.PublicKey?.IsSameKey(key) == true;
}
