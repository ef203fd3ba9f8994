using Culvert.Ca.Profiles;

namespace Culvert.Ca.Linting;

/// <summary>The validity is within the profile's and the issuer's, last second included (RFC 5280 §4.1.2.5).</summary>
internal sealed class ValidityIsWithinProfile : ICertificateLint
{
    public string Name => "validity_is_within_profile";

    public string Clause => "RFC 5280 §4.1.2.5, §6.1.3";

    public bool Holds(LintSubject subject)
    {
        DateTimeOffset notBefore = subject.Certificate.NotBefore;
        DateTimeOffset notAfter = subject.Certificate.NotAfter;
        TimeSpan whole = notAfter - notBefore + TimeSpan.FromSeconds(1);
        TimeSpan backdate = subject.Order.NotBefore is null
            ? subject.Order.Profile.Backdate
            : CertificateProfile.LongestBackdate;
        return whole <= subject.Order.Profile.MaxLife + backdate
            && notBefore <= subject.Order.Now
            && (subject.Order.Issuer.Period is not { } period || notAfter <= period.NotAfter);
    }
}
