using Culvert.Ca.Encoding;

namespace Culvert.Ca.Linting;

internal sealed class KeyUsageIsProfiles : ICertificateLint
{
    public string Name => "key_usage_is_profiles";

    public string Clause => "RFC 5280 §4.2.1.3";

    public bool Holds(LintSubject subject) =>
        subject.Certificate.KeyUsage == subject.Order.Profile.KeyUsage
        && subject.Certificate.Extensions.Any(extension => extension is { Oid: Oids.KeyUsage, Critical: true });
}
