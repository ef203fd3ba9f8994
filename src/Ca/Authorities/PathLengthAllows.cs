using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>RFC 5280 §4.2.1.9: the certificate at index i has i authorities below it; the first signs only leaves.</summary>
internal sealed class PathLengthAllows : IAuthorityCheck
{
    public bool NeedsOrder => true;

    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count; i++)
        {
            if (subject.Chain[i].BasicConstraints?.PathLength is { } limit && limit < i)
            {
                return new CaRefusal(
                    CaErrorCodes.CaPathLength,
                    $"The path length {limit} does not allow the authorities below it{subject.Place(i)}."
                );
            }
        }

        return null;
    }
}
