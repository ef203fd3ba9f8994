using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.RuleTests;

namespace Culvert.Identity.Service.Federation.Rules;

internal sealed record CreateRuleRequest
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("issuer_id")]
    public required string IssuerId { get; init; }

    [JsonPropertyName("match")]
    public required MatchDocument Match { get; init; }

    [JsonPropertyName("target")]
    public required TargetDocument Target { get; init; }

    [JsonPropertyName("oauth_scope")]
    public required string OAuthScope { get; init; }

    [JsonPropertyName("token_lifetime_seconds")]
    public int? TokenLifetimeSeconds { get; init; }

    [JsonPropertyName("applies_to_all_workspaces")]
    public bool? AppliesToAllWorkspaces { get; init; }

    [JsonPropertyName("workspace_id")]
    public string? WorkspaceId { get; init; }

    /// <summary>Reserved: only empty.</summary>
    [JsonPropertyName("attributes")]
    public JsonElement? Attributes { get; init; }

    [JsonPropertyName("tunnel_ids")]
    public IReadOnlyList<string>? TunnelIds { get; init; }

    [JsonPropertyName("edge_ids")]
    public IReadOnlyList<string>? EdgeIds { get; init; }

    [JsonPropertyName("actor_ids")]
    public IReadOnlyList<string>? ActorIds { get; init; }

    [JsonPropertyName("state")]
    public string? State { get; init; }

    [JsonPropertyName("bind")]
    public string? Bind { get; init; }

    [JsonPropertyName("expires_at")]
    public string? ExpiresAt { get; init; }

    /// <summary>Run at every save.</summary>
    [JsonPropertyName("tests")]
    public IReadOnlyList<RuleTest>? Tests { get; init; }

    /// <summary>Why the author accepts the rule's warnings: audited.</summary>
    [JsonPropertyName("lint_justification")]
    public string? LintJustification { get; init; }
}
