using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.Rules.Conditions;

namespace Culvert.Identity.Service.Federation.Administration;

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
            ("claims", AuditData.From(Rule.Match.Claims.Select(claim => (claim.Key, (object?)claim.Value)))),
            .. AuditData.Optional("matchers", ToJson(Rule.Match.Matchers)),
            ("condition", Rule.Match.Condition),
            .. GetSettings(RuleDocument.From(Rule, issuerName: null, serviceAccountName: null)),
            .. AuditData.Optional("lints", Lints.Count > 0 ? Lints.Select(lint => lint.Id) : null),
            .. AuditData.Optional("lint_justification", LintJustification),
            .. AuditData.Optional("reason", Reason),
            .. AuditData.Optional("workspace_id", WorkspaceId),
        ]
    )
{
    // In other members of the event, in its origin, or derived from other members.
    private static readonly string[] Elsewhere =
    [
        "id",
        "type",
        "name",
        "description",
        "issuer_id",
        "match",
        "target",
        "workspace_id",
        "attributes",
        .. ChangeStamps.Members,
    ];

    private static AuditData GetSettings(RuleDocument document) =>
        AuditData.From(
            JsonSerializer.SerializeToElement(document, FederationJson.Default.RuleDocument),
            member => member.Value.ValueKind != JsonValueKind.Null && !Elsewhere.Contains(member.Name)
        );

    private static JsonElement? ToJson(IReadOnlyList<ClaimMatcher> matchers) =>
        matchers.Count == 0
            ? null
            : JsonSerializer.SerializeToElement(
                [.. matchers.Select(MatcherReader.ToDocument)],
                FederationJson.Default.MatcherDocumentArray
            );
}
