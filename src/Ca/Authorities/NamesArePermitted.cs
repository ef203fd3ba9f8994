using Culvert.Ca.Certificates;
using Culvert.Ca.Names;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>RFC 5280 §4.2.1.10: name constraints are critical, can be evaluated, and allow all names to certify.</summary>
internal sealed class NamesArePermitted : IAuthorityCheck
{
    // Most subtrees in one message.
    private const int MaxNamed = 4;

    public CaRefusal? Check(AuthoritySubject subject)
    {
        for (int i = 0; i < subject.Chain.Count; i++)
        {
            if (subject.Chain[i].NameConstraints is not { } constraints)
            {
                continue;
            }

            if (FindError(constraints) is { } error)
            {
                return new CaRefusal(CaErrorCodes.CaNameConstraints, $"{error}{subject.Place(i)}.");
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

    private static string? FindError(NameConstraints constraints)
    {
        List<string> reasons = constraints.Critical ? [] : ["they are not critical"];
        reasons.AddRange(constraints.DescribeUnknownKinds().Take(MaxNamed));
        return reasons.Count > 0 ? "Verifiers do not accept the name constraints: " + string.Join("; ", reasons) : null;
    }
}
