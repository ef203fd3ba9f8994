namespace Culvert.Ca.Linting;

internal sealed class ExtendedKeyUsageIsProfiles : ICertificateLint
{
    public string Name => "extended_key_usage_is_profiles";

    public string Clause => "RFC 5280 §4.2.1.12";

    public bool Holds(LintSubject subject) =>
        (subject.Certificate.ExtendedKeyUsages ?? []).SequenceEqual(subject.Order.Profile.ExtendedKeyUsages);
}
