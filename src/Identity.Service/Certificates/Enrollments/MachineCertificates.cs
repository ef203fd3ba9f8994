using Culvert.Ca.Names;
using Culvert.Ca.Requests;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Certificates.Enrollments;

internal sealed class MachineCertificates(
    PlatformCa platform,
    CertificateIssuer issuer,
    Derived<CertificateOptions, CertificateProfiles> profiles
)
{
    /// <param name="request">Contributes only the key.</param>
    /// <param name="cancellationToken">Has no effect once the intent is recorded.</param>
    public async ValueTask<IssuanceOutcome> IssueAsync(
        CertificateKind kind,
        ParsedRequest request,
        GrantedNames names,
        Func<IssuanceJob, IssuanceJob> describe,
        CancellationToken cancellationToken
    )
    {
        var profile = kind == CertificateKind.Agent ? profiles.Value.Agent : profiles.Value.Edge;
        if (RequestPolicy.Check(request, profile, names) is { } refusal)
        {
            return IssuanceOutcome.Refused(refusal.ToRefusal());
        }

        var job = new IssuanceJob
        {
            Kind = kind,
            Authority = platform.Issuing,
            Profile = profile,
            PublicKey = request.PublicKey,
            Names = names,
            Identity = names.Uris[0],
            Cause = AuditCause.System,
        };
        return await issuer.IssueAsync(describe(job), cancellationToken);
    }
}
