using Culvert.Ca.Certificates;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>RFC 5280 §4.2.1.3: key usage is present with keyCertSign; with cRLSign if the service has the key.</summary>
internal sealed class MayCertify : IAuthorityCheck
{
    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count; i++)
        {
            if (subject.Chain[i].KeyUsage is not { } usage || !usage.HasFlag(KeyUsages.KeyCertSign))
            {
                return new CaRefusal(
                    CaErrorCodes.CaKeyUsage,
                    $"Key usage must be present and include keyCertSign{subject.Place(i)}."
                );
            }
        }

        // The service signs revocation lists with the keys that it has (RFC 5280 §4.2.1.3).
        return subject.OurKey is null || subject.Own.KeyUsage!.Value.HasFlag(KeyUsages.CrlSign)
            ? null
            : new CaRefusal(
                CaErrorCodes.CaKeyUsage,
                "Key usage of the authority's own certificate must include cRLSign."
            );
    }
}
