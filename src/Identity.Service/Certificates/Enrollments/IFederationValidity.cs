using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Whether an enrolment's federation rule still holds. A boundary: the federation capability owns rules.</summary>
internal interface IFederationValidity
{
    /// <summary>
    /// What the rule lets enrol now; null when rule, issuer or service account is archived, when the rule no longer
    /// names the proof's service account, or no longer covers the workspace. Always read from the store, never from a
    /// cache: a feed that wakes at the commit of a change must see that change.
    /// </summary>
    /// <param name="workspaceId">The agent's workspace; null for edges.</param>
    ValueTask<RuleValidity?> FindAsync(
        string organizationId,
        string? workspaceId,
        EnrollmentProof proof,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// <see cref="EnrollmentErrors.RenewalDisabled"/> if the rule no longer names the machine. Without it a certificate
    /// could be recorded just after the revocation that should have listed it.
    /// </summary>
    /// <param name="machineId">The tunnel or the edge.</param>
    IReadOnlyList<Statement> Require(string? workspaceId, EnrollmentProof proof, string machineId);
}
