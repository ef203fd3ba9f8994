using System.Text.Json.Serialization.Metadata;
using Culvert.Ca.Names;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Enrols instances of agents: each belongs to the principal that enrolled it first (S3).</summary>
internal sealed class AgentEnroller(
    AgentAdmission admission,
    AgentEnrollmentStore enrollments,
    InstanceAlarm alarm,
    MachineCertificates certificates,
    ServiceIdentity identity,
    Current<AgentOptions> options
) : IMachineEnroller<AgentEnrollmentRequest, AgentEnrollmentState>
{
    public JsonTypeInfo<AgentEnrollmentRequest> BodyType => WireJson.Default.AgentEnrollmentRequest;

    public Refusal? Check(AgentEnrollmentRequest body) =>
        InstanceId.TryParse(body.InstanceId, out _)
            ? null
            : RequestErrors.Invalid.Refuse("instance_id: 1 to 63 of a-z, 0-9 and -, not beginning with -.");

    public async ValueTask<ApiAnswer> EnrolAsync(
        MachineRequest request,
        AgentEnrollmentRequest body,
        FreshProof proof,
        CancellationToken cancellationToken
    )
    {
        var admitted = await admission.AdmitAsync(proof.Caller, body.TunnelId, request.Api.Source, cancellationToken);
        if (!admitted.TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        RequestIdentity.SetTenant(request.Api.Http, tunnel.OrganizationId, tunnel.WorkspaceId);
        var first = await EnrolAsync(request, tunnel, body.InstanceId, proof, cancellationToken);

        // Two concurrent enrolments of a new instance, a retry for example: the first one's principal decides.
        var answer =
            first.Refusal?.Code == EnrollmentErrors.InstanceTaken
                ? await EnrolAsync(request, tunnel, body.InstanceId, proof, cancellationToken)
                : first;
        return answer.Refusal?.Code == EnrollmentErrors.InstanceTaken
            ? await alarm.RefuseAsync(request.Leaf.Cause, tunnel, body.InstanceId, cancellationToken)
            : answer;
    }

    public async ValueTask<AgentEnrollmentState?> FindAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var enrollment = await enrollments.FindLiveAsync(request.Peer, cancellationToken);
        if (enrollment is not null)
        {
            RequestIdentity.SetTenant(request.Http, enrollment.OrganizationId, enrollment.WorkspaceId);
        }

        return enrollment;
    }

    public async ValueTask<ApiAnswer> RenewAsync(
        MachineRequest request,
        AgentEnrollmentState enrollment,
        FreshProof? proof,
        CancellationToken cancellationToken
    )
    {
        var source = request.Api.Source;
        var admitted = proof is null
            ? await admission.ReadmitAsync(enrollment, source, cancellationToken)
            : await admission.AdmitAsync(proof.Caller, enrollment.TunnelId.Value, source, cancellationToken);
        if (!admitted.IsOk)
        {
            return admitted.Refusal;
        }

        if (proof is null)
        {
            IReadOnlyList<Statement> unchanged = [enrollments.RequireLive(enrollment.Id)];
            return await IssueAsync(request, enrollment, unchanged, cancellationToken);
        }

        // A new token restarts the period of S4 if it names the same machine.
        return proof.Proof.IsSamePrincipal(enrollment.Proof)
            ? await ProveAsync(
                request,
                enrollment with
                {
                    Proof = proof.Proof,
                    LastProofAt = proof.At,
                },
                cancellationToken
            )
            : EnrollmentErrors.RenewalIdentity.Refuse();
    }

    private async ValueTask<ApiAnswer> EnrolAsync(
        MachineRequest request,
        Tunnel tunnel,
        string instanceId,
        FreshProof proof,
        CancellationToken cancellationToken
    )
    {
        if (await enrollments.FindLiveAsync(tunnel.Id, instanceId, cancellationToken) is { } known)
        {
            return known.Proof.IsSamePrincipal(proof.Proof)
                ? await ProveAsync(
                    request,
                    known with
                    {
                        Proof = proof.Proof,
                        LastProofAt = proof.At,
                        CertificateNotAfter = proof.LiveUntil,
                    },
                    cancellationToken
                )
                : EnrollmentErrors.InstanceTaken.Refuse();
        }

        var enrollment = new AgentEnrollmentState
        {
            Id = AgentId.New(),
            TunnelId = tunnel.Id,
            OrganizationId = tunnel.OrganizationId,
            WorkspaceId = tunnel.WorkspaceId,
            InstanceId = instanceId,
            Proof = proof.Proof,
            CreatedAt = proof.At,
            LastProofAt = proof.At,
            CertificateNotAfter = proof.LiveUntil,
        };
        var added = enrollments.Insert(enrollment, options.Value);
        return await IssueAsync(request, enrollment, added, cancellationToken);
    }

    private ValueTask<ApiAnswer> ProveAsync(
        MachineRequest request,
        AgentEnrollmentState proven,
        CancellationToken cancellationToken
    ) => IssueAsync(request, proven, enrollments.Prove(proven, options.Value), cancellationToken);

    private async ValueTask<ApiAnswer> IssueAsync(
        MachineRequest request,
        AgentEnrollmentState enrollment,
        IReadOnlyList<Statement> changes,
        CancellationToken cancellationToken
    )
    {
        var (tunnelId, instanceId) = (enrollment.TunnelId.Value, enrollment.InstanceId);
        var instance = InstanceId.TryParse(instanceId, out var stored)
            ? stored
            : throw new StoreException("A stored instance id is malformed.");
        var id = SpiffeId.Agent(identity.TrustDomain, enrollment.OrganizationId, tunnelId, instance).ToString();
        var outcome = await certificates.IssueAsync(
            CertificateKind.Agent,
            request.Csr,
            new GrantedNames { Uris = [id] },
            request.Leaf with
            {
                OrganizationId = enrollment.OrganizationId,
                WorkspaceId = enrollment.WorkspaceId,
                TunnelId = tunnelId,
                EnrollmentId = enrollment.Id.Value,
                Idempotency = request.Csr.KeyFor(
                    string.Join('\n', tunnelId, instanceId, enrollment.Proof.Principal),
                    id
                ),
                WithIntent = [.. changes, .. admission.Require(enrollment)],
                WithCertificate = record =>
                    [enrollments.Certified(enrollment.Id.Value, record.Serial, record.NotAfter)],
            },
            cancellationToken
        );
        if (outcome.Document is not { } document)
        {
            return outcome.Refusal!;
        }

        return ApiAnswer.Json(
            new AgentEnrollment(certificates.Describe(enrollment.Id.Value, id, document), tunnelId, instanceId),
            WireJson.Default.AgentEnrollment
        );
    }
}
