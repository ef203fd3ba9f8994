using Culvert.Ca.Names;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary><c>POST /v1/agent/enrollments</c> (8443) and <c>POST /v1/agent/renewals</c> (8444).</summary>
internal sealed class AgentEnrollmentEndpoints(
    DirectExchange exchange,
    AgentEnrollmentStore enrollments,
    AgentAdmission admission,
    IAuthenticator authenticator,
    InstanceAlarm alarm,
    MachineCertificates certificates,
    PlatformCa platform,
    ServiceIdentity identity,
    Current<AgentOptions> agentOptions,
    Current<CertificateOptions> certificateOptions,
    TimeProvider time
)
{
    public async ValueTask<ApiAnswer> EnrollAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (exchange.TryBegin(request) is { } busy)
        {
            return busy;
        }

        var read = await SigningRequests.ReadAssertedAsync(
            request,
            WireJson.Default.AgentEnrollmentRequest,
            static body => body.Csr,
            cancellationToken
        );
        if (!read.IsOk)
        {
            return read.Refusal;
        }

        var (wanted, csr) = read.Value;

        if (!InstanceId.TryParse(wanted.InstanceId, out var instance))
        {
            return RequestErrors.Invalid.Refuse("instance_id: 1 to 63 of a-z, 0-9 and -, not beginning with -.");
        }

        return await exchange.RunAsync(
            request,
            wanted,
            waiting => EnrollAsync(request, wanted.TunnelId, instance, csr, waiting, cancellationToken),
            cancellationToken
        );
    }

    private async ValueTask<ApiAnswer> EnrollAsync(
        ApiRequest request,
        string tunnelId,
        InstanceId instance,
        ProvenRequest csr,
        WaitingDecision? waiting,
        CancellationToken cancellationToken
    )
    {
        var admitted = await admission.AdmitAsync(request.Caller, tunnelId, request.Source, cancellationToken);
        if (!admitted.TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        RequestIdentity.SetTenant(request.Http, tunnel.OrganizationId, tunnel.WorkspaceId);
        var first = await EnrollAsync(request, tunnel, instance, csr, waiting, cancellationToken);

        // Two concurrent enrolments of a new instance, a retry for example: the first one's principal decides.
        var answer =
            first.Refusal?.Code == EnrollmentErrors.InstanceTaken
                ? await EnrollAsync(request, tunnel, instance, csr, waiting, cancellationToken)
                : first;
        return answer.Refusal?.Code == EnrollmentErrors.InstanceTaken
            ? await alarm.RefuseAsync(request, tunnel, instance, cancellationToken)
            : answer;
    }

    public async ValueTask<ApiAnswer> RenewAsync(ApiRequest request, CancellationToken cancellationToken)
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

        if (await FindAsync(request.Peer, cancellationToken) is not { } enrollment)
        {
            return EnrollmentErrors.RenewalUnknown.Refuse();
        }

        RequestIdentity.SetTenant(request.Http, enrollment.OrganizationId, enrollment.WorkspaceId);
        IReadOnlyList<Statement> changes = [enrollments.RequireLive(enrollment.Id)];
        if (Credentials.ArePresent(request.Http))
        {
            if (!(await ProveAsync(request, enrollment, cancellationToken)).TryGet(out var proven, out var refusal))
            {
                return refusal;
            }

            enrollment = proven;
            changes = enrollments.Prove(proven, agentOptions.Value, time.GetUtcNow());
        }
        else if (
            await admission.ReadmitAsync(enrollment, request.Source, cancellationToken) is { Refusal: { } refused }
        )
        {
            return refused;
        }

        return await IssueAsync(
            request,
            AuditActor.Of(request.Peer, request),
            enrollment,
            csr,
            changes,
            waiting: null,
            cancellationToken
        );
    }

    /// <summary>The live enrolment of a client certificate; null when it was revoked or replaced.</summary>
    public async ValueTask<AgentEnrollmentState?> FindAsync(MachinePeer peer, CancellationToken cancellationToken) =>
        TunnelId.TryParse(peer.TunnelId, out var tunnelId)
            ? await enrollments.FindLiveAsync(tunnelId, peer.InstanceId!, cancellationToken)
            : null;

    private async ValueTask<ApiAnswer> EnrollAsync(
        ApiRequest request,
        Tunnel tunnel,
        InstanceId instance,
        ProvenRequest csr,
        WaitingDecision? waiting,
        CancellationToken cancellationToken
    )
    {
        var proof = EnrollmentProof.Of(request.Caller);
        var now = time.GetUtcNow();
        var known = await enrollments.FindLiveAsync(tunnel.Id, instance.Value, cancellationToken);
        if (known is not null && !known.Proof.IsSamePrincipal(proof))
        {
            return EnrollmentErrors.InstanceTaken.Refuse();
        }

        // Counted as live from the intent on: a certificate revoked before it is recorded must already be listed.
        var enrollment = known is null
            ? New(tunnel, instance, proof)
            : known with
            {
                Proof = proof,
                LastProofAt = now,
                CertificateNotAfter = now + certificateOptions.Value.PlatformLife,
            };
        var changes = known is null
            ? enrollments.Insert(enrollment, agentOptions.Value, now)
            : enrollments.Prove(enrollment, agentOptions.Value, now);
        return await IssueAsync(request, AuditActor.Of(request), enrollment, csr, changes, waiting, cancellationToken);
    }

    // A new token restarts the period of S4 if it names the same machine.
    private async ValueTask<Result<AgentEnrollmentState>> ProveAsync(
        ApiRequest request,
        AgentEnrollmentState enrollment,
        CancellationToken cancellationToken
    )
    {
        var presented = await authenticator.AuthenticateAsync(request.Http, cancellationToken);
        if (!presented.IsOk)
        {
            return presented.Refusal;
        }

        var admitted = await admission.AdmitAsync(
            presented.Value,
            enrollment.TunnelId.Value,
            request.Source,
            cancellationToken
        );
        if (!admitted.IsOk)
        {
            return admitted.Refusal;
        }

        var proof = EnrollmentProof.Of(presented.Value);
        return proof.IsSamePrincipal(enrollment.Proof)
            ? enrollment with
            {
                Proof = proof,
                LastProofAt = time.GetUtcNow(),
            }
            : EnrollmentErrors.RenewalIdentity.Refuse();
    }

    private async ValueTask<ApiAnswer> IssueAsync(
        ApiRequest request,
        AuditActor actor,
        AgentEnrollmentState enrollment,
        ProvenRequest csr,
        IReadOnlyList<Statement> changes,
        WaitingDecision? waiting,
        CancellationToken cancellationToken
    )
    {
        var instance = InstanceId.TryParse(enrollment.InstanceId, out var stored)
            ? stored
            : throw new StoreException("A stored instance id is malformed.");
        var id = SpiffeId
            .Agent(identity.TrustDomain, enrollment.OrganizationId, enrollment.TunnelId.Value, instance)
            .ToString();
        var outcome = await certificates.IssueAsync(
            CertificateKind.Agent,
            csr.Csr,
            new GrantedNames { Uris = [id] },
            new LeafRequest
            {
                Cause = new AuditCause(actor, request.RequestId),
                OrganizationId = enrollment.OrganizationId,
                WorkspaceId = enrollment.WorkspaceId,
                TunnelId = enrollment.TunnelId.Value,
                EnrollmentId = enrollment.Id.Value,
                Idempotency = csr.KeyFor(
                    string.Join('\n', enrollment.TunnelId.Value, enrollment.InstanceId, enrollment.Proof.Principal),
                    id
                ),
                Exchange = waiting,
                WithIntent = [.. changes, .. admission.Require(enrollment)],
                WithCertificate = record => [enrollments.Certified(enrollment.Id.Value, record.Serial, record.NotAfter)],
            },
            cancellationToken
        );
        if (outcome.Document is not { } document)
        {
            return outcome.Refusal!;
        }

        return ApiAnswer.Json(
            new AgentEnrollment
            {
                Id = enrollment.Id.Value,
                TunnelId = enrollment.TunnelId.Value,
                InstanceId = enrollment.InstanceId,
                SpiffeId = id,
                Certificate = document,
                PlatformBundle = platform.Bundle,
                MachineUrl = identity.MachineUrl,
                TrustDomain = identity.TrustDomain,
            },
            WireJson.Default.AgentEnrollment
        );
    }

    private AgentEnrollmentState New(Tunnel tunnel, InstanceId instance, EnrollmentProof proof)
    {
        var now = time.GetStoreNow();
        return new AgentEnrollmentState
        {
            Id = AgentId.New(),
            TunnelId = tunnel.Id,
            OrganizationId = tunnel.OrganizationId,
            WorkspaceId = tunnel.WorkspaceId,
            InstanceId = instance.Value,
            Proof = proof,
            CreatedAt = now,
            LastProofAt = now,
            CertificateNotAfter = now + certificateOptions.Value.PlatformLife,
        };
    }
}
