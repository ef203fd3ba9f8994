using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>RFC 5280 §4.1.2.6, §4.2.1.2: an authority has a subject and a subject key identifier.</summary>
internal sealed class HasIdentifiers : IAuthorityCheck
{
    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count; i++)
        {
            if (subject.Chain[i].Subject.IsEmpty)
            {
                return new CaRefusal(CaErrorCodes.CaIdentifiers, $"The subject is empty{subject.Place(i)}.");
            }

            if (subject.Chain[i].SubjectKeyIdentifier is not { Length: > 0 })
            {
                return new CaRefusal(
                    CaErrorCodes.CaIdentifiers,
                    $"The subject key identifier is missing{subject.Place(i)}."
                );
            }
        }

        return null;
    }
}
