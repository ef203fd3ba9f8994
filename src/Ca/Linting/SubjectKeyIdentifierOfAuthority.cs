namespace Culvert.Ca.Linting;

internal sealed class SubjectKeyIdentifierOfAuthority : ICertificateLint
{
    public string Name => "subject_key_identifier_of_authority";

    public string Clause => "RFC 5280 §4.2.1.2";

    public bool Holds(LintSubject subject) =>
        !subject.Order.Profile.IsAuthority || subject.Certificate.SubjectKeyIdentifier is { Length: > 0 };
}
