using Culvert.Ca.Names;
using Culvert.Ca.Requests;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Certificates.Enrollments;

internal sealed class MachineCertificates(
    PlatformCa platform,
    CertificateIssuer issuer,
    Derived<CertificateOptions, CertificateProfiles> profiles
)
{
    /// <param name="csr">Contributes only the key.</param>
    /// <param name="cancellationToken">Has no effect once the intent is recorded.</param>
    public async ValueTask<IssuanceOutcome> IssueAsync(
        CertificateKind kind,
        ParsedRequest csr,
        GrantedNames names,
        LeafRequest request,
        CancellationToken cancellationToken
    )
    {
        var profile = kind == CertificateKind.Agent ? profiles.Value.Agent : profiles.Value.Edge;
        if (RequestPolicy.Check(csr, profile, names) is { } refusal)
        {
            return IssuanceOutcome.Refused(refusal.ToRefusal());
        }

        var job = new IssuanceJob
        {
            Kind = kind,
            Authority = platform.Issuing,
            Profile = profile,
            PublicKey = csr.PublicKey,
            Names = names,
            Identity = names.Uris[0],
            Request = request,
        };
        return await issuer.IssueAsync(job, cancellationToken);
    }
}
