namespace Culvert.Ca.Linting;

internal sealed class IssuerIsCertifier : ICertificateLint
{
    public string Name => "issuer_is_certifier";

    public string Clause => "RFC 5280 §4.1.2.4";

    public bool Holds(LintSubject subject) =>
        subject.Certificate.Issuer.HasSameEncoding(subject.Order.Issuer.Name) && !subject.Certificate.Issuer.IsEmpty;
}
