using Culvert.Ca.Names;
using Culvert.Ca.Requests;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.InnerTls;

/// <summary>Issues leaves for inner TLS from a tunnel's active authority; the caller has admitted the requester.</summary>
internal sealed class ServerCertificates(
    TunnelAuthorityStore authorities,
    ActiveAuthorities active,
    AuthorityKeys keys,
    Derived<CertificateOptions, CertificateProfiles> profiles,
    CertificateIssuer issuer
)
{
    /// <param name="tunnel">The tunnel whose authority signs.</param>
    /// <param name="domain">The tunnel's own domain, or one that the caller found approved for it.</param>
    /// <param name="csr">Contributes only the key.</param>
    /// <param name="request">Without the tunnel's ids.</param>
    /// <param name="cancellationToken">Has no effect once the intent is recorded.</param>
    public async ValueTask<IssuanceOutcome> IssueAsync(
        Tunnel tunnel,
        string domain,
        ProvenRequest csr,
        LeafRequest request,
        CancellationToken cancellationToken
    )
    {
        if (await active.FindAsync(tunnel.Id, cancellationToken) is not { } authority)
        {
            return IssuanceOutcome.Refused(AuthorityErrors.NotActive.Refuse());
        }

        var names = GrantedNames.ForDomain(domain);
        var profile = profiles.Value.Server;
        if (RequestPolicy.Check(csr.Csr, profile, names) is { } refusal)
        {
            return IssuanceOutcome.Refused(refusal.ToRefusal());
        }

        var outcome = await IssueAsync(authority);
        if (outcome.Refusal?.Code != AuthorityErrors.NotActive)
        {
            return outcome;
        }

        // Another node may have switched a moment ago: the newly active authority signs.
        active.Forget(tunnel.Id);
        var successor = await active.FindAsync(tunnel.Id, cancellationToken);
        return successor is not null && successor.Id != authority.Id ? await IssueAsync(successor) : outcome;

        Task<IssuanceOutcome> IssueAsync(TunnelAuthority signing) =>
            issuer.IssueAsync(
                new IssuanceJob
                {
                    Kind = CertificateKind.Server,
                    Authority = keys.Use(signing),
                    Profile = profile,
                    PublicKey = csr.Csr.PublicKey,
                    Names = names,
                    Identity = domain,
                    LifeCap = signing.MaxLeafLife,
                    Request = request with
                    {
                        OrganizationId = tunnel.OrganizationId,
                        WorkspaceId = tunnel.WorkspaceId,
                        TunnelId = tunnel.Id.Value,
                        WithIntent = [authorities.RequireActive(signing.Id), .. request.WithIntent],
                    },
                },
                cancellationToken
            );
    }
}
