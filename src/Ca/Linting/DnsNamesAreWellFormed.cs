using Culvert.Ca.Names;

namespace Culvert.Ca.Linting;

/// <summary>Names from our own configuration can be malformed, too: a URL's host, an edge's registered name.</summary>
internal sealed class DnsNamesAreWellFormed : ICertificateLint
{
    public string Name => "dns_names_are_well_formed";

    public string Clause => "RFC 1034 §3.5";

    public bool Holds(LintSubject subject) =>
        (subject.Certificate.SubjectAlternativeNames ?? [])
            .Where(name => name.Kind == GeneralNameKind.Dns)
            .All(name => DnsNames.IsValid(name.Text));
}
