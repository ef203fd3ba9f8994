using Culvert.Ca.Encoding;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>An authority's extended key usage: absent or serverAuth; verifiers differ on anyExtendedKeyUsage.</summary>
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
