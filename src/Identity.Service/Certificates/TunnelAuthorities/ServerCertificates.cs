using Culvert.Ca.Requests;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Leaves for inner TLS from a tunnel's active authority, whoever was admitted to ask for one.</summary>
internal sealed class ServerCertificates(
    ITunnelAuthorityStore authorities,
    AuthorityKeys keys,
    ServerProfile server,
    CertificateIssuer issuer
)
{
    /// <param name="tunnel">Decides the names.</param>
    /// <param name="request">Contributes the key alone.</param>
    /// <param name="describe">Fills in who asked, and what the job is recorded with.</param>
    /// <param name="cancellationToken">Counts until the intent is recorded.</param>
    public async ValueTask<IssuanceOutcome> IssueAsync(
        Tunnel tunnel,
        ProvenRequest request,
        Func<IssuanceJob, IssuanceJob> describe,
        CancellationToken cancellationToken
    )
    {
        if (await authorities.FindActiveAsync(tunnel.Id, cancellationToken) is not { } authority)
        {
            return IssuanceOutcome.Refused(AuthorityErrors.NotActive.Refuse());
        }

        var names = ServerProfile.NamesOf(tunnel);
        if (RequestPolicy.Check(request.Csr, server.Profile, names) is { } refusal)
        {
            return IssuanceOutcome.Refused(refusal.ToRefusal());
        }

        var job = new IssuanceJob
        {
            Kind = CertificateKind.Server,
            Authority = keys.Use(authority),
            Profile = server.Profile,
            PublicKey = request.Csr.PublicKey,
            Names = names,
            Identity = tunnel.Domain,
            Actor = AuditActor.System,
            OrganizationId = tunnel.OrganizationId,
            WorkspaceId = tunnel.WorkspaceId,
            TunnelId = tunnel.Id.Value,
            LifeCap = authority.MaxLeafLife,
        };
        var described = describe(job);
        var outcome = await issuer.IssueAsync(
            described with
            {
                WithIntent = [authorities.RequireActive(authority.Id), .. described.WithIntent],
            },
            cancellationToken
        );
        return outcome.Conflict is AuthorityConflict.NotActive
            ? IssuanceOutcome.Refused(AuthorityErrors.NotActive.Refuse())
            : outcome;
    }
}
