using Culvert.Ca.Encoding;

namespace Culvert.Ca.Linting;

internal sealed class ExtensionsAreKnownAndSingle : ICertificateLint
{
    private static readonly HashSet<string> Known =
    [
        Oids.BasicConstraints,
        Oids.KeyUsage,
        Oids.ExtendedKeyUsage,
        Oids.SubjectKeyIdentifier,
        Oids.AuthorityKeyIdentifier,
        Oids.SubjectAlternativeName,
        Oids.CrlDistributionPoints,
        Oids.AuthorityInformationAccess,
        Oids.OcspNoCheck,
    ];

    public string Name => "extensions_are_known_and_single";

    public string Clause => "RFC 5280 §4.2";

    public bool Holds(LintSubject subject) =>
        subject.Certificate.Extensions.DistinctBy(extension => extension.Oid).Count()
            == subject.Certificate.Extensions.Count
        && subject.Certificate.Extensions.All(extension => Known.Contains(extension.Oid));
}
