using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.RuleTests;

namespace Culvert.Identity.Service.Federation.Rules;

internal sealed record CreateRuleRequest
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public required string IssuerId { get; init; }

    public required MatchDocument Match { get; init; }

    public required TargetDocument Target { get; init; }

    [JsonPropertyName("oauth_scope")]
    public required string OAuthScope { get; init; }

    public int? TokenLifetimeSeconds { get; init; }

    public bool? AppliesToAllWorkspaces { get; init; }

    public string? WorkspaceId { get; init; }

    /// <summary>Reserved: only empty.</summary>
    public JsonElement? Attributes { get; init; }

    public IReadOnlyList<string>? TunnelIds { get; init; }

    public IReadOnlyList<string>? EdgeIds { get; init; }

    public IReadOnlyList<string>? ActorIds { get; init; }

    public string? State { get; init; }

    public string? Bind { get; init; }

    public string? ExpiresAt { get; init; }

    /// <summary>Run at every save.</summary>
    public IReadOnlyList<RuleTest>? Tests { get; init; }

    /// <summary>Why the author accepts the rule's warnings: audited.</summary>
    public string? LintJustification { get; init; }
}
