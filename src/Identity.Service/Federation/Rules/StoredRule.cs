namespace Culvert.Identity.Service.Federation.Rules;

/// <param name="Latest">The newest version.</param>
/// <param name="Enforced">
/// The earlier version that decides while <paramref name="Latest"/> is in audit; otherwise null.
/// </param>
internal sealed record StoredRule(Rule Latest, Rule? Enforced)
{
    /// <summary>The version that decides; null if none.</summary>
    public Rule? InForce =>
        Latest.IsArchived ? null
        : Latest.EnforcedVersion == Latest.Version ? Latest
        : Enforced;
}
