using Culvert.Ca.Encoding;
using Culvert.Ca.Names;

namespace Culvert.Ca.Linting;

/// <summary>Exactly the granted names, only kinds that the profile lists, and critical when there is no subject.</summary>
internal sealed class NamesAreGranted : ICertificateLint
{
    public string Name => "names_are_granted";

    public string Clause => "RFC 5280 §4.2.1.6";

    public bool Holds(LintSubject subject)
    {
        if (subject.Order.Profile.IsAuthority || subject.Order.Profile.IsResponder)
        {
            return subject.Certificate.SubjectAlternativeNames is null;
        }

        IReadOnlyList<GeneralName> names = subject.Certificate.SubjectAlternativeNames ?? [];
        GrantedNames granted = subject.Order.Names;
        return names.Count > 0
            && names.Count == granted.Dns.Count + granted.Uris.Count + granted.Addresses.Count
            && names.All(granted.Contains)
            && names.All(name => subject.Order.Profile.NameKinds.Contains(name.Kind))
            && subject.Certificate.Extensions.Any(extension =>
                extension is { Oid: Oids.SubjectAlternativeName, Critical: true }
            );
    }
}
