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
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary><c>POST /v1/edge/enrollments</c> (8443) and <c>POST /v1/edge/renewals</c> (8444).</summary>
internal sealed class EdgeEnrollmentEndpoints(
    DirectExchange exchange,
    EdgeEnrollmentStore enrollments,
    EdgeStore edges,
    IFederationStanding federation,
    IAuthenticator authenticator,
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
            WireJson.Default.EdgeEnrollmentRequest,
            static body => body.Csr,
            cancellationToken
        );
        if (!read.IsOk)
        {
            return read.Refusal;
        }

        var (wanted, csr) = read.Value;

        return await exchange.RunAsync(
            request,
            wanted,
            waiting => EnrollAsync(request, wanted.EdgeId, csr, waiting, cancellationToken),
            cancellationToken
        );
    }

    private async ValueTask<ApiAnswer> EnrollAsync(
        ApiRequest request,
        string edgeId,
        ProvenRequest csr,
        WaitingDecision? waiting,
        CancellationToken cancellationToken
    )
    {
        if (!(await AdmitAsync(request.Caller, edgeId, cancellationToken)).TryGet(out var edge, out var refusal))
        {
            return refusal;
        }

        var enrollment = NewProof(edge, request.Caller);
        return await IssueAsync(
            request,
            AuditActor.Of(request),
            edge,
            csr,
            [enrollments.Prove(enrollment), .. federation.Require(null, enrollment.Proof, edge.Id.Value)],
            waiting,
            cancellationToken
        );
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

        if (
            !EdgeId.TryParse(request.Peer.EdgeId, out var edgeId)
            || await enrollments.FindAsync(edgeId, cancellationToken) is not { } enrollment
        )
        {
            return EnrollmentErrors.RenewalUnknown.Refuse();
        }

        var admitted = Credentials.ArePresent(request.Http)
            ? await ProveAsync(request, enrollment, cancellationToken)
            : await ReadmitAsync(enrollment, cancellationToken);
        if (!admitted.IsOk)
        {
            return admitted.Refusal;
        }

        var (edge, changes) = admitted.Value;
        return await IssueAsync(
            request,
            AuditActor.Of(request.Peer, request),
            edge,
            csr,
            changes,
            waiting: null,
            cancellationToken
        );
    }

    private async ValueTask<Result<Edge>> AdmitAsync(Caller caller, string edgeId, CancellationToken cancellationToken)
    {
        if (caller.Kind != CallerKind.AccessToken || !caller.Has(Scopes.EdgeServe))
        {
            return AuthErrors
                .Scope.Refuse($"This needs the scope {Scopes.EdgeServe}.")
                .With("required_scope", Scopes.EdgeServe);
        }

        // Checked first: a caller that may not be an edge learns nothing about which edges exist.
        if (!caller.EdgeIds.Contains(edgeId))
        {
            return EnrollmentErrors.EdgeNotNamed.Refuse();
        }

        return await edges.FindAsync(edgeId, cancellationToken) switch
        {
            null => RequestErrors.NotFound.Refuse(),
            { ArchivedAt: not null } => TunnelErrors.EdgeArchived.Refuse(),
            { } edge => edge,
        };
    }

    private async ValueTask<Result<(Edge Edge, IReadOnlyList<Statement> Changes)>> ProveAsync(
        ApiRequest request,
        EdgeEnrollmentState enrollment,
        CancellationToken cancellationToken
    )
    {
        var presented = await authenticator.AuthenticateAsync(request.Http, cancellationToken);
        if (!presented.IsOk)
        {
            return presented.Refusal;
        }

        // An edge is registered by name: any identity that its rules admit may serve as it.
        var admitted = await AdmitAsync(presented.Value, enrollment.EdgeId.Value, cancellationToken);
        if (!admitted.TryGet(out var edge, out var refusal))
        {
            return refusal;
        }

        var proven = NewProof(edge, presented.Value);
        IReadOnlyList<Statement> changes =
        [
            enrollments.Prove(proven),
            .. federation.Require(null, proven.Proof, edge.Id.Value),
        ];
        return (edge, changes);
    }

    private async ValueTask<Result<(Edge Edge, IReadOnlyList<Statement> Changes)>> ReadmitAsync(
        EdgeEnrollmentState enrollment,
        CancellationToken cancellationToken
    )
    {
        var edge = await edges.FindAsync(enrollment.EdgeId.Value, cancellationToken);
        if (edge is null or { ArchivedAt: not null })
        {
            return TunnelErrors.EdgeArchived.Refuse();
        }

        if (time.GetUtcNow() - enrollment.LastProofAt > agentOptions.Value.MaxSinceProof)
        {
            return EnrollmentErrors.RenewalProofExpired.Refuse();
        }

        if (enrollment.IsRevoked)
        {
            return EnrollmentErrors.RenewalDisabled.Refuse();
        }

        var rule = await federation.FindAsync(enrollment.OrganizationId, null, enrollment.Proof, cancellationToken);
        return rule?.EdgeIds.Contains(enrollment.EdgeId.Value) == true
            ? (edge, federation.Require(null, enrollment.Proof, edge.Id.Value))
            : EnrollmentErrors.RenewalDisabled.Refuse();
    }

    private EdgeEnrollmentState NewProof(Edge edge, Caller caller)
    {
        var now = time.GetUtcNow();
        return new EdgeEnrollmentState
        {
            EdgeId = edge.Id,
            OrganizationId = caller.OrganizationId,
            Proof = EnrollmentProof.Of(caller),
            LastProofAt = now,
            // Counted as live from the intent on: a certificate revoked before it is recorded must be listed.
            CertificateNotAfter = now + certificateOptions.Value.PlatformLife,
        };
    }

    private async ValueTask<ApiAnswer> IssueAsync(
        ApiRequest request,
        AuditActor actor,
        Edge edge,
        ProvenRequest csr,
        IReadOnlyList<Statement> changes,
        WaitingDecision? waiting,
        CancellationToken cancellationToken
    )
    {
        var id = SpiffeId.Edge(identity.TrustDomain, edge.Id.Value).ToString();
        var outcome = await certificates.IssueAsync(
            CertificateKind.Edge,
            csr.Csr,
            new GrantedNames { Uris = [id], Dns = edge.DnsNames },
            new LeafRequest
            {
                Cause = new AuditCause(actor, request.RequestId),
                EdgeId = edge.Id.Value,
                Idempotency = csr.KeyFor(edge.Id.Value, [id, .. edge.DnsNames]),
                Exchange = waiting,
                WithIntent = changes,
                WithCertificate = record => [enrollments.Certified(edge.Id.Value, record.Serial, record.NotAfter)],
            },
            cancellationToken
        );
        return outcome.Document is not { } document
            ? outcome.Refusal!
            : ApiAnswer.Json(
                new EdgeEnrollment
                {
                    Id = edge.Id.Value,
                    SpiffeId = id,
                    Certificate = document,
                    PlatformBundle = platform.Bundle,
                    MachineUrl = identity.MachineUrl,
                    TrustDomain = identity.TrustDomain,
                },
                WireJson.Default.EdgeEnrollment
            );
    }
}
