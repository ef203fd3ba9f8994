using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Edges;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Which edges may enrol (S6); checked again at every renewal (S4).</summary>
internal sealed class EdgeAdmission(
    EdgeStore edges,
    IFederationValidity federation,
    Current<AgentOptions> options,
    TimeProvider time
)
{
    public async ValueTask<Result<Edge>> AdmitAsync(Caller caller, string edgeId, CancellationToken cancellationToken)
    {
        if (caller.Kind != CallerKind.AccessToken || !caller.Has(Scopes.EdgeServe))
        {
            return AuthErrors.Scope.RefuseWithout(Scopes.EdgeServe);
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

    /// <summary>Checks every element of an enrolment without a new proof.</summary>
    public async ValueTask<Result<Edge>> ReadmitAsync(
        EdgeEnrollmentState enrollment,
        CancellationToken cancellationToken
    )
    {
        var edge = await edges.FindAsync(enrollment.EdgeId.Value, cancellationToken);
        if (edge is null or { ArchivedAt: not null })
        {
            return TunnelErrors.EdgeArchived.Refuse();
        }

        if (time.GetUtcNow() - enrollment.LastProofAt > options.Value.MaxSinceProof)
        {
            return EnrollmentErrors.RenewalProofExpired.Refuse();
        }

        if (enrollment.IsRevoked)
        {
            return EnrollmentErrors.RenewalDisabled.Refuse();
        }

        var rule = await federation.FindAsync(enrollment.OrganizationId, null, enrollment.Proof, cancellationToken);
        return rule?.EdgeIds.Contains(edge.Id.Value) == true ? edge : EnrollmentErrors.RenewalDisabled.Refuse();
    }

    /// <summary>What must still hold when the certificate's intent is committed.</summary>
    public IReadOnlyList<Statement> Require(EdgeEnrollmentState enrollment) =>
        federation.Require(null, enrollment.Proof, enrollment.EdgeId.Value);
}
