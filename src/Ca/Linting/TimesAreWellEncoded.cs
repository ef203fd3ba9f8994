namespace Culvert.Ca.Linting;

internal sealed class TimesAreWellEncoded : ICertificateLint
{
    public string Name => "times_are_well_encoded";

    public string Clause => "RFC 5280 §4.1.2.5";

    public bool Holds(LintSubject subject) =>
        !subject.Certificate.HasBadTime && subject.Certificate.NotBefore < subject.Certificate.NotAfter;
}
