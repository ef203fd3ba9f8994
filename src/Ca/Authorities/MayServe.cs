using Culvert.Ca.Encoding;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>
/// An authority's extended key usage limits its leaves: absent, or with serverAuth. anyExtendedKeyUsage is not accepted,
/// because verifiers differ on it.
/// </summary>
internal sealed class MayServe : IAuthorityCheck
{
    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count; i++)
        {
            if (subject.Chain[i].ExtendedKeyUsages is { } purposes && !purposes.Contains(Oids.ServerAuth))
            {
                return new CaRefusal(
                    CaErrorCodes.CaEku,
                    $"Extended key usage is present but lacks serverAuth{subject.Place(i)}."
                );
            }
        }

        return null;
    }
}
