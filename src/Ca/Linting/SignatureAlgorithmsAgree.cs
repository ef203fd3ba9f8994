namespace Culvert.Ca.Linting;

internal sealed class SignatureAlgorithmsAgree : ICertificateLint
{
    public string Name => "signature_algorithms_agree";

    public string Clause => "RFC 5280 §4.1.1.2";

    public bool Holds(LintSubject subject) => subject.Certificate.SignatureScheme is not null;
}
