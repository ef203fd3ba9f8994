namespace Culvert.Ca.Linting;

internal sealed class PublicKeyIsAccepted : ICertificateLint
{
    public string Name => "public_key_is_accepted";

    public string Clause => "RFC 5280 §4.1.2.7";

    public bool Holds(LintSubject subject) =>
        subject.Certificate.PublicKey is { } key
        && key.IsSameKey(subject.Order.PublicKey)
        && key.HasUsualExponent
        && subject.Order.Profile.KeyAlgorithms.Contains(key.Algorithm);
}
