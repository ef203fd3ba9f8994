using System.Text.Json.Serialization.Metadata;
using Culvert.Ca.Names;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Enrols edges. An edge is registered by name: any identity that its rules admit may serve as it.</summary>
internal sealed class EdgeEnroller(
    EdgeAdmission admission,
    EdgeEnrollmentStore enrollments,
    MachineCertificates certificates,
    ServiceIdentity identity
) : IMachineEnroller<EdgeEnrollmentRequest, EdgeEnrollmentState>
{
    public JsonTypeInfo<EdgeEnrollmentRequest> BodyType => WireJson.Default.EdgeEnrollmentRequest;

    public Refusal? Check(EdgeEnrollmentRequest body) => null;

    public async ValueTask<ApiAnswer> EnrolAsync(
        MachineRequest request,
        EdgeEnrollmentRequest body,
        FreshProof proof,
        CancellationToken cancellationToken
    )
    {
        var admitted = await admission.AdmitAsync(proof.Caller, body.EdgeId, cancellationToken);
        return admitted.TryGet(out var edge, out var refusal)
            ? await IssueAsync(request, edge, proof, cancellationToken)
            : refusal;
    }

    public async ValueTask<EdgeEnrollmentState?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        EdgeId.TryParse(request.Peer.EdgeId, out var id) ? await enrollments.FindAsync(id, cancellationToken) : null;

    public async ValueTask<ApiAnswer> RenewAsync(
        MachineRequest request,
        EdgeEnrollmentState enrollment,
        FreshProof? proof,
        CancellationToken cancellationToken
    )
    {
        var admitted = proof is null
            ? await admission.ReadmitAsync(enrollment, cancellationToken)
            : await admission.AdmitAsync(proof.Caller, enrollment.EdgeId.Value, cancellationToken);
        if (!admitted.TryGet(out var edge, out var refusal))
        {
            return refusal;
        }

        return proof is null
            ? await IssueAsync(request, edge, admission.Require(enrollment), cancellationToken)
            : await IssueAsync(request, edge, proof, cancellationToken);
    }

    private ValueTask<ApiAnswer> IssueAsync(
        MachineRequest request,
        Edge edge,
        FreshProof proof,
        CancellationToken cancellationToken
    )
    {
        var proven = new EdgeEnrollmentState
        {
            EdgeId = edge.Id,
            OrganizationId = proof.Caller.OrganizationId,
            Proof = proof.Proof,
            LastProofAt = proof.At,
            CertificateNotAfter = proof.LiveUntil,
        };
        return IssueAsync(request, edge, [enrollments.Prove(proven), .. admission.Require(proven)], cancellationToken);
    }

    private async ValueTask<ApiAnswer> IssueAsync(
        MachineRequest request,
        Edge edge,
        IReadOnlyList<Statement> conditions,
        CancellationToken cancellationToken
    )
    {
        var id = SpiffeId.Edge(identity.TrustDomain, edge.Id.Value).ToString();
        var outcome = await certificates.IssueAsync(
            CertificateKind.Edge,
            request.Csr,
            new GrantedNames { Uris = [id], Dns = edge.DnsNames },
            request.Leaf with
            {
                EdgeId = edge.Id.Value,
                Idempotency = request.Csr.KeyFor(edge.Id.Value, [id, .. edge.DnsNames]),
                WithIntent = conditions,
                WithCertificate = record => [enrollments.Certified(edge.Id.Value, record.Serial, record.NotAfter)],
            },
            cancellationToken
        );
        return outcome.Document is { } document
            ? ApiAnswer.Json(
                new EdgeEnrollment(certificates.Describe(edge.Id.Value, id, document)),
                WireJson.Default.EdgeEnrollment
            )
            : outcome.Refusal!;
    }
}
