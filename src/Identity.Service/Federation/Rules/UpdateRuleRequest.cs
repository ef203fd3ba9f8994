using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.RuleTests;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>
/// Partial: absent and null members are unchanged; <c>match</c>, <c>target</c> and the id lists are replaced as a
/// whole. The issuer never changes, and workspaces have their own paths.
/// </summary>
internal sealed record UpdateRuleRequest
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Null clears it.</summary>
    [JsonPropertyName("description")]
    public Optional<string?> Description { get; init; }

    [JsonPropertyName("match")]
    public MatchDocument? Match { get; init; }

    [JsonPropertyName("target")]
    public TargetDocument? Target { get; init; }

    [JsonPropertyName("oauth_scope")]
    public string? OAuthScope { get; init; }

    [JsonPropertyName("token_lifetime_seconds")]
    public int? TokenLifetimeSeconds { get; init; }

    [JsonPropertyName("applies_to_all_workspaces")]
    public bool? AppliesToAllWorkspaces { get; init; }

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

    /// <summary>Null clears it.</summary>
    [JsonPropertyName("expires_at")]
    public Optional<string?> ExpiresAt { get; init; }

    /// <summary>The version that the caller has read; another current version is a conflict.</summary>
    [JsonPropertyName("version")]
    public int? Version { get; init; }

    /// <summary>Replaces the rule's tests; run at every save.</summary>
    [JsonPropertyName("tests")]
    public IReadOnlyList<RuleTest>? Tests { get; init; }

    /// <summary>Audited.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>Why the author accepts the rule's warnings: audited.</summary>
    [JsonPropertyName("lint_justification")]
    public string? LintJustification { get; init; }
}
