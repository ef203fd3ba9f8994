using Culvert.Ca.Names;
using Culvert.Ca.Requests;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Issues platform certificates to machines; the caller has admitted them.</summary>
internal sealed class MachineCertificates(
    PlatformCa platform,
    CertificateIssuer issuer,
    Derived<CertificateOptions, CertificateProfiles> profiles,
    ServiceIdentity identity
)
{
    /// <param name="csr">Contributes only the key.</param>
    /// <param name="names">The only URI is the SPIFFE id.</param>
    /// <param name="request">Names an enrolment or an edge.</param>
    /// <param name="cancellationToken">Has no effect once the intent is recorded.</param>
    public async ValueTask<IssuanceOutcome> IssueAsync(
        CertificateKind kind,
        ProvenRequest csr,
        GrantedNames names,
        LeafRequest request,
        CancellationToken cancellationToken
    )
    {
        var profile = kind == CertificateKind.Agent ? profiles.Value.Agent : profiles.Value.Edge;
        if (RequestPolicy.Check(csr.Csr, profile, names) is { } refusal)
        {
            return IssuanceOutcome.Refused(refusal.ToRefusal());
        }

        var job = new IssuanceJob
        {
            Kind = kind,
            Authority = platform.Issuing,
            Profile = profile,
            PublicKey = csr.Csr.PublicKey,
            Names = names,
            Identity = names.Uris[0],
            Request = request,
        };
        return await issuer.IssueAsync(job, cancellationToken);
    }

    /// <summary>What the answers to both kinds of machines have in common.</summary>
    public MachineEnrollment Describe(string id, string spiffeId, CertificateDocument certificate) =>
        new()
        {
            Id = id,
            SpiffeId = spiffeId,
            Certificate = certificate,
            PlatformBundle = platform.Bundle,
            MachineUrl = identity.MachineUrl,
            TrustDomain = identity.TrustDomain,
        };
}
