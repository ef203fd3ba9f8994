namespace Culvert.Ca.Linting;

internal sealed class BasicConstraintsAreProfiles : ICertificateLint
{
    public string Name => "basic_constraints_are_profiles";

    public string Clause => "RFC 5280 §4.2.1.9";

    public bool Holds(LintSubject subject) =>
        subject.Certificate.BasicConstraints is { Critical: true } constraints
        && constraints.IsAuthority == subject.Order.Profile.IsAuthority
        && constraints.PathLength == subject.Order.Profile.PathLength;
}
