using Culvert.Ca.Names;
using Culvert.Ca.Profiles;
using Culvert.Ca.Requests;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Platform certificates of machines: parse the request, hold it against profile and names, issue.</summary>
internal sealed class MachineCertificates(PlatformCa platform, CertificateIssuer issuer, ServiceOptions options)
{
    /// <summary>The largest body of a request for a certificate.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    private readonly CertificateProfile agent = Validate(StandardProfiles.Agent, options);
    private readonly CertificateProfile edge = Validate(StandardProfiles.Edge, options);

    /// <summary>The request's key, proved, or the refusal. Cheap checks come before anything is looked up.</summary>
    public static (ParsedRequest? Request, Refusal? Refusal) Read(string csr)
    {
        var parsed = SigningRequestParser.Parse(csr);
        return parsed.Succeeded ? (parsed.Value, null) : (null, parsed.Refusal.ToRefusal());
    }

    /// <param name="kind">Agent or edge.</param>
    /// <param name="request">Contributes the key alone.</param>
    /// <param name="names">What the identity decides.</param>
    /// <param name="describe">Fills in what the job is recorded with.</param>
    /// <param name="cancellationToken">Counts until the intent is recorded.</param>
    public async ValueTask<IssuanceOutcome> IssueAsync(
        CertificateKind kind,
        ParsedRequest request,
        GrantedNames names,
        Func<IssuanceJob, IssuanceJob> describe,
        CancellationToken cancellationToken
    )
    {
        var profile = kind == CertificateKind.Agent ? agent : edge;
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
            Actor = Audit.AuditActor.System,
        };
        return await issuer.IssueAsync(describe(job), cancellationToken);
    }

    private static CertificateProfile Validate(
        Func<TimeSpan, CertificateProfileOptions> profile,
        ServiceOptions options
    ) =>
        CertificateProfile.CreateValid(
            profile(options.Certificates.PlatformLife) with
            {
                Backdate = options.Certificates.Backdate,
            }
        );
}
