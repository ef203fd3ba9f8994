using Culvert.Identity.Service.Federation.Rules.Conditions;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>
/// Whether a change only removes rights: every administrator may make such a change, because it grants nothing. If in
/// doubt, the change counts as not narrowing.
/// </summary>
internal static class RuleNarrowing
{
    public static bool Narrows(Rule before, Rule after) =>
        after.IssuerId == before.IssuerId
        && after.ServiceAccountId == before.ServiceAccountId
        && after.Scopes.All(before.Scopes.Contains)
        && after.SubjectType == before.SubjectType
        && after.RouteScopes.All(before.RouteScopes.Contains)
        && after.TunnelIds.All(before.TunnelIds.Contains)
        && after.EdgeIds.All(before.EdgeIds.Contains)
        && after.ActorIds.All(before.ActorIds.Contains)
        && (
            before.ClientIds.Count == 0 || (after.ClientIds.Count > 0 && after.ClientIds.All(before.ClientIds.Contains))
        )
        && after.WorkspaceIds.All(before.Covers)
        && (before.AppliesToAllWorkspaces || !after.AppliesToAllWorkspaces)
        && after.TokenLifetimeSeconds <= before.TokenLifetimeSeconds
        && Rank(after.State) <= Rank(before.State)
        && (after.Bind == before.Bind || (before.Bind == RuleBind.Any && after.Bind is RuleBind.Dpop or RuleBind.Mtls))
        && (before.ExpiresAt is null || (after.ExpiresAt is { } end && end <= before.ExpiresAt))
        && Narrows(before.Match, after.Match);

    // In audit the previous version decides: that is no more than enforced, and more than nothing.
    private static int Rank(RuleState state) =>
        state switch
        {
            RuleState.Enforce => 2,
            RuleState.Audit => 1,
            _ => 0,
        };

    private static bool Narrows(RuleMatch before, RuleMatch after) =>
        after.Audience == before.Audience
        && (before.Subject is null || after.Subject == before.Subject)
        && (before.SubjectSegments is null || after.SubjectSegments == before.SubjectSegments)
        && (before.Condition is null || after.Condition == before.Condition)
        && before.Claims.All(after.Claims.Contains)
        && before.Matchers.All(matcher => after.Matchers.Any(other => IsSame(matcher, other)));

    private static bool IsSame(ClaimMatcher a, ClaimMatcher b) =>
        a.Path.Pointer == b.Path.Pointer
        && a.Operator == b.Operator
        && a.Values.Select(value => value.Json).SequenceEqual(b.Values.Select(value => value.Json));
}
