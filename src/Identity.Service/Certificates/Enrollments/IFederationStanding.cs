namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>
/// Whether what an enrolment rests on still holds. A boundary: rules, issuers and service accounts belong to federation.
/// </summary>
internal interface IFederationStanding
{
    /// <summary>
    /// What the rule lets enrol now, read from the store; null when rule, issuer or service account is archived.
    /// Never from a copy in memory: a feed that wakes at the commit of a change must see that change.
    /// </summary>
    ValueTask<RuleStanding?> FindAsync(string organizationId, string ruleId, CancellationToken cancellationToken);
}
