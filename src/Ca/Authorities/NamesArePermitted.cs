using Culvert.Ca.Names;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>RFC 5280 §4.2.1.10: critical, evaluable, and with room for every name that will be certified.</summary>
internal sealed class NamesArePermitted : IAuthorityCheck
{
    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count; i++)
        {
            if (subject.Chain[i].NameConstraints is not { } constraints)
            {
                continue;
            }

            if (!constraints.Critical || !constraints.HasOnlyKnownKinds)
            {
                return new CaRefusal(
                    CaErrorCodes.CaNameConstraints,
                    $"Name constraints must be critical and of kinds that verifiers evaluate{subject.Place(i)}."
                );
            }

            string[] forbidden = [.. subject.Names.Where(name => !constraints.Allows(GeneralNameKind.Dns, name, []))];
            if (forbidden.Length > 0)
            {
                return new CaRefusal(
                    CaErrorCodes.CaNameConstraints,
                    $"Name constraints do not permit {string.Join(", ", forbidden)}{subject.Place(i)}."
                );
            }
        }

        return null;
    }
}
