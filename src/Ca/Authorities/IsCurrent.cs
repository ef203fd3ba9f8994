using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>Valid at the time of the check; both ends belong to the period (RFC 5280 §4.1.2.5).</summary>
internal sealed class IsCurrent : IAuthorityCheck
{
    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count; i++)
        {
            if (subject.Now < subject.Chain[i].NotBefore)
            {
                return new CaRefusal(CaErrorCodes.CaValidity, $"The certificate is not yet valid{subject.Place(i)}.");
            }

            if (subject.Now >= subject.Chain[i].NotAfter.AddSeconds(1))
            {
                return new CaRefusal(CaErrorCodes.CaValidity, $"The certificate has expired{subject.Place(i)}.");
            }
        }

        return null;
    }
}
