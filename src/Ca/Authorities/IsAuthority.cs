using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>RFC 5280 §4.2.1.9: basic constraints are present, critical, and CA:TRUE; this excludes X.509 v1.</summary>
internal sealed class IsAuthority : IAuthorityCheck
{
    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count; i++)
        {
            if (subject.Chain[i].BasicConstraints is not { Critical: true, IsAuthority: true })
            {
                return new CaRefusal(
                    CaErrorCodes.CaNotACa,
                    $"Basic constraints must be present, critical and CA:TRUE{subject.Place(i)}."
                );
            }
        }

        return null;
    }
}
