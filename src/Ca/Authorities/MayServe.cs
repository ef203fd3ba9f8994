using Culvert.Ca.Encoding;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>Extended key usage of an authority bounds its leaves: absent, or with serverAuth. anyExtendedKeyUsage is not enough, because verifiers differ on it.</summary>
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
