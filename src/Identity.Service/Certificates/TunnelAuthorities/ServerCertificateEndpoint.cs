using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary><c>POST /v1/agent/server_certificates</c> (8444): the leaf that ends inner TLS, from the tunnel's active authority.</summary>
internal sealed class ServerCertificateEndpoint(
    AgentEnrollmentEndpoints agents,
    AgentAdmission admission,
    AgentEnrollmentStore enrollments,
    ServerCertificates server
)
{
    public async ValueTask<ApiAnswer> IssueAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var read = await SigningRequests.ReadAsync(
            request,
            WireJson.Default.CertificateSigningRequest,
            static body => body.Csr,
            cancellationToken
        );
        if (!read.IsOk)
        {
            return read.Refusal;
        }

        var (_, csr) = read.Value;

        if (await agents.FindAsync(request.Peer, cancellationToken) is not { } enrollment)
        {
            return EnrollmentErrors.RenewalUnknown.Refuse();
        }

        RequestIdentity.SetTenant(request.Http, enrollment.OrganizationId, enrollment.WorkspaceId);

        // S5: a holder of the tunnel token may carry the tunnel's traffic, never terminate its TLS.
        if (enrollment.Proof.Method == EnrollmentMethod.TunnelToken)
        {
            return EnrollmentErrors.Method.Refuse();
        }

        var admitted = await admission.ReadmitAsync(enrollment, request.Source, cancellationToken);
        if (!admitted.TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        var outcome = await server.IssueAsync(
            tunnel,
            csr,
            job =>
                job with
                {
                    Cause = AuditCause.Of(request.Peer, request),
                    EnrollmentId = enrollment.Id.Value,
                    Idempotency = csr.KeyFor(enrollment.Id.Value, tunnel.Domain),
                    // The agent may have been revoked since it was admitted: asked once more in the commit of the intent.
                    WithIntent = [enrollments.RequireLive(enrollment.Id), .. admission.Require(enrollment)],
                },
            cancellationToken
        );
        return outcome.Document is { } document
            ? ApiAnswer.Json(
                new ServerCertificateDocument { TunnelId = tunnel.Id.Value, Certificate = document },
                WireJson.Default.ServerCertificateDocument
            )
            : outcome.Refusal ?? AgentEnrollmentEndpoints.ToRefusal((EnrollmentConflict)outcome.Conflict!);
    }
}
