using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules.Conditions;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>A rule was created, updated or archived, or its workspaces changed: its state afterwards.</summary>
internal sealed record RuleAudited(
    string Name,
    AuditOrigin Origin,
    Rule Rule,
    IReadOnlyList<Lint> Lints,
    string? LintJustification = null,
    string? Reason = null,
    string? WorkspaceId = null
)
    : AuditEvent(
        Name,
        Origin,
        Rule.OrganizationId,
        WorkspaceId is null
            ? [new("federation_rule", Rule.Id.Value)]
            : [new("federation_rule", Rule.Id.Value), new("workspace", WorkspaceId)],
        [
            ("federation_rule_id", Rule.Id.Value),
            ("name", Rule.Name),
            ("issuer_id", Rule.IssuerId.Value),
            ("service_account_id", Rule.ServiceAccountId.Value),
            ("subject_prefix", Rule.Match.Subject),
            ("subject_segments", Rule.Match.SubjectSegments),
            ("audience", Rule.Match.Audience),
            ("claims", AuditData.Of(Rule.Match.Claims.Select(claim => (claim.Key, (object?)claim.Value)))),
            .. AuditData.Optional("matchers", ToJson(Rule.Match.Matchers)),
            ("condition", Rule.Match.Condition),
            ("oauth_scope", Rule.OAuthScope),
            ("token_lifetime_seconds", Rule.TokenLifetimeSeconds),
            ("applies_to_all_workspaces", Rule.AppliesToAllWorkspaces),
            ("workspace_ids", Rule.WorkspaceIds),
            ("tunnel_ids", Rule.TunnelIds),
            ("edge_ids", Rule.EdgeIds),
            ("actor_ids", Rule.ActorIds),
            ("state", Rule.State.Name()),
            ("bind", Rule.Bind.Name()),
            .. AuditData.Optional("expires_at", Rule.ExpiresAt),
            ("version", Rule.Version),
            .. AuditData.Optional("enforced_version", Rule.EnforcedVersion),
            .. AuditData.Optional("lints", Lints.Count > 0 ? Lints.Select(lint => lint.Id) : null),
            .. AuditData.Optional("lint_justification", LintJustification),
            .. AuditData.Optional("reason", Reason),
            .. AuditData.Optional("workspace_id", WorkspaceId),
        ]
    )
{
    private static JsonElement? ToJson(IReadOnlyList<ClaimMatcher> matchers) =>
        matchers.Count == 0
            ? null
            : JsonSerializer.SerializeToElement(
                [.. matchers.Select(MatcherReader.ToDocument)],
                FederationJson.Default.MatcherDocumentArray
            );
}
