using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>A certificate that outlives its issuer cannot be verified after the issuer has expired.</summary>
internal sealed class EndsBeforeIssuer : IAuthorityCheck
{
    public bool NeedsOrder => true;

    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count - 1; i++)
        {
            if (subject.Chain[i].NotAfter > subject.Chain[i + 1].NotAfter)
            {
                return new CaRefusal(
                    CaErrorCodes.CaValidity,
                    $"The certificate outlives its issuer{subject.Place(i)}."
                );
            }
        }

        return null;
    }
}
