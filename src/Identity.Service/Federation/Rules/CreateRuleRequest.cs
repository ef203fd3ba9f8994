using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Rules;

internal sealed record CreateRuleRequest : RuleSettings
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public required string IssuerId { get; init; }

    public required MatchDocument Match { get; init; }

    public required TargetDocument Target { get; init; }

    /// <summary>Required, unless <c>route_scopes</c> are granted.</summary>
    [JsonPropertyName("oauth_scope")]
    public string? OAuthScope { get; init; }

    /// <summary><c>workload</c> or <c>person</c>; fixed from then on.</summary>
    public string? SubjectType { get; init; }

    public int? TokenLifetimeSeconds { get; init; }

    public bool? AppliesToAllWorkspaces { get; init; }

    public string? WorkspaceId { get; init; }

    [JsonPropertyOrder(1)]
    public string? ExpiresAt { get; init; }

    /// <summary>Run at every save.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<RuleTest>? Tests { get; init; }

    /// <summary>Why the author accepts the rule's warnings: audited.</summary>
    [JsonPropertyOrder(1)]
    public string? LintJustification { get; init; }
}
