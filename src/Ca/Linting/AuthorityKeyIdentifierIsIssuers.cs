namespace Culvert.Ca.Linting;

internal sealed class AuthorityKeyIdentifierIsIssuers : ICertificateLint
{
    public string Name => "authority_key_identifier_is_issuers";

    public string Clause => "RFC 5280 §4.2.1.1";

    public bool Holds(LintSubject subject) =>
        subject.Certificate.AuthorityKeyIdentifier is { } identifier
        && identifier.Span.SequenceEqual(subject.Order.Issuer.KeyIdentifier.Span);
}
