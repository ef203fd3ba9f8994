using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.InnerTls;

/// <summary>
/// <c>POST /v1/agent/server_certificates</c> (8444): issues the leaf for inner TLS from the active authority, for the
/// tunnel's domain or one that a provider gave it.
/// </summary>
internal sealed class ServerCertificateEndpoint(
    AgentAdmission admission,
    AgentEnrollmentStore enrollments,
    HostnameStore hostnames,
    ServerCertificates server
)
{
    public async ValueTask<ApiAnswer> IssueAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var read = await SigningRequests.ReadAsync(
            request,
            WireJson.Default.AgentServerCertificateRequest,
            static body => body.Csr,
            cancellationToken
        );
        if (!read.IsOk)
        {
            return read.Refusal;
        }

        var (body, csr) = read.Value;

        if (await enrollments.FindLiveAsync(request.Peer, cancellationToken) is not { } enrollment)
        {
            return EnrollmentErrors.RenewalUnknown.Refuse();
        }

        RequestIdentity.SetTenant(request.Http, enrollment.OrganizationId, enrollment.WorkspaceId);

        // S5: a holder of the tunnel token may forward the tunnel's traffic, never terminate its TLS.
        if (enrollment.Proof.Method == EnrollmentMethod.TunnelToken)
        {
            return EnrollmentErrors.Method.Refuse();
        }

        var admitted = await admission.ReadmitAsync(enrollment, request.Source, cancellationToken);
        if (!admitted.TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        var found = await FindDomainAsync(tunnel, body.Domain, cancellationToken);
        if (!found.TryGet(out var domain, out refusal))
        {
            return refusal;
        }

        var outcome = await server.IssueAsync(
            tunnel,
            domain.Name,
            csr,
            new LeafRequest
            {
                Cause = AuditCause.From(request.Peer, request),
                EnrollmentId = enrollment.Id.Value,
                Idempotency = csr.KeyFor(enrollment.Id.Value, domain.Name),
                // The agent may be revoked or the domain removed in the meantime: the intent's commit checks both again.
                WithIntent =
                [
                    enrollments.RequireLive(enrollment.Id),
                    .. admission.Require(enrollment),
                    .. domain.Required,
                ],
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

    // A provider's domain belongs to the tunnel once an operator of the installation has approved its wildcard (S26).
    private async ValueTask<Result<(string Name, IReadOnlyList<Statement> Required)>> FindDomainAsync(
        Tunnel tunnel,
        string? requested,
        CancellationToken cancellationToken
    )
    {
        if (requested is null || requested == tunnel.Domain)
        {
            return (tunnel.Domain, []);
        }

        var wildcard = HostnameRules.Wildcard + requested;
        return await hostnames.FindAsync(tunnel.Id, wildcard, cancellationToken) is { IsApproved: true }
            ? (requested, [hostnames.RequireApproved(tunnel.Id, wildcard)])
            : HostnameErrors.DomainNotApproved.Refuse();
    }
}
