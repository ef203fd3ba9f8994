using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>
/// Whether what an enrolment rests on still holds. A boundary: rules, issuers and service accounts belong to federation.
/// </summary>
internal interface IFederationStanding
{
    /// <summary>
    /// What the rule lets enrol now, read from the store; null when rule, issuer or service account is archived, when
    /// the rule speaks for another service account than the proof did, or covers the workspace no more.
    /// Never from a copy in memory: a feed that wakes at the commit of a change must see that change.
    /// </summary>
    /// <param name="workspaceId">The rule's state for the enrolment; null for edges, which belong to no rule.</param>
    ValueTask<RuleStanding?> FindAsync(
        string organizationId,
        string? workspaceId,
        EnrollmentProof proof,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// What makes a commit fail with <see cref="EnrollmentConflict.Ended"/> if the rule no longer names the machine at
    /// that moment. Without it a certificate could be recorded just after the revocation that should have listed it.
    /// </summary>
    /// <param name="machineId">The tunnel or the edge.</param>
    IReadOnlyList<Statement> Require(string? workspaceId, EnrollmentProof proof, string machineId);
}
