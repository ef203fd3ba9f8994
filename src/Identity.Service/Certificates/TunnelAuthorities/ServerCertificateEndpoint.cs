using Culvert.Ca.Requests;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tunnels;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary><c>POST /v1/agent/server_certificates</c> (8444): the leaf that ends inner TLS, from the tunnel's active authority.</summary>
internal sealed class ServerCertificateEndpoint(
    AgentEnrollmentEndpoints agents,
    AgentAdmission admission,
    ITunnelAuthorityStore authorities,
    AuthorityKeys keys,
    ServerProfile server,
    CertificateIssuer issuer
)
{
    public async ValueTask<ApiAnswer> IssueAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(
            WireJson.Default.CertificateSigningRequest,
            cancellationToken,
            MachineCertificates.MaxBodyBytes
        );
        if (body.Value is not { } wanted)
        {
            return body.Refusal!;
        }

        var (csr, malformed) = MachineCertificates.Read(wanted.Csr);
        if (csr is null)
        {
            return malformed!;
        }

        if (await agents.FindAsync(request.Peer, cancellationToken) is not { } enrollment)
        {
            return EnrollmentErrors.RenewalUnknown.Refuse();
        }

        RequestIdentity.SetTenant(request.Http, enrollment.OrganizationId, enrollment.WorkspaceId);

        // S5: whoever holds the tunnel token may carry the tunnel's traffic, never end its TLS.
        if (enrollment.Proof.Method == EnrollmentMethod.TunnelToken)
        {
            return EnrollmentErrors.Method.Refuse();
        }

        var admitted = await admission.ReadmitAsync(enrollment, request.Source, cancellationToken);
        if (admitted.Value is not { } tunnel)
        {
            return admitted.Refusal!;
        }

        var authority = await authorities.FindActiveAsync(tunnel.Id, cancellationToken);
        return authority is null
            ? AuthorityErrors.NotActive.Refuse()
            : await IssueAsync(request, enrollment, tunnel, keys.Use(authority), csr, cancellationToken);
    }

    private async ValueTask<ApiAnswer> IssueAsync(
        ApiRequest request,
        AgentEnrollmentState enrollment,
        Tunnel tunnel,
        SigningAuthority authority,
        ParsedRequest csr,
        CancellationToken cancellationToken
    )
    {
        var names = ServerProfile.NamesOf(tunnel);
        if (RequestPolicy.Check(csr, server.Profile, names) is { } refusal)
        {
            return refusal.ToRefusal();
        }

        var outcome = await issuer.IssueAsync(
            new IssuanceJob
            {
                Kind = CertificateKind.Server,
                Authority = authority,
                Profile = server.Profile,
                PublicKey = csr.PublicKey,
                Names = names,
                Identity = tunnel.Domain,
                Actor = AuditActor.Of(request.Peer, request),
                RequestId = request.RequestId,
                OrganizationId = enrollment.OrganizationId,
                WorkspaceId = enrollment.WorkspaceId,
                TunnelId = tunnel.Id.Value,
                EnrollmentId = enrollment.Id.Value,
            },
            cancellationToken
        );
        return outcome.Document is { } document
            ? ApiAnswer.Json(
                new ServerCertificateDocument { TunnelId = tunnel.Id.Value, Certificate = document },
                WireJson.Default.ServerCertificateDocument
            )
            : outcome.Refusal!;
    }
}
