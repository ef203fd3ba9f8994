namespace Culvert.Ca.Linting;

internal sealed class VersionIsThree : ICertificateLint
{
    public string Name => "version_is_three";

    public string Clause => "RFC 5280 §4.1.2.1";

    public bool Holds(LintSubject subject) => subject.Certificate.Version == 3;
}
