using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>
/// Partial: absent and null members are unchanged; <c>match</c>, <c>target</c> and the id lists are replaced as a
/// whole. The issuer never changes, and workspaces have their own paths.
/// </summary>
internal sealed record UpdateRuleRequest : RuleSettings
{
    public string? Name { get; init; }

    /// <summary>Null clears it.</summary>
    public Optional<string?> Description { get; init; }

    public MatchDocument? Match { get; init; }

    public TargetDocument? Target { get; init; }

    [JsonPropertyName("oauth_scope")]
    public string? OAuthScope { get; init; }

    public int? TokenLifetimeSeconds { get; init; }

    public bool? AppliesToAllWorkspaces { get; init; }

    /// <summary>Null clears it.</summary>
    [JsonPropertyOrder(1)]
    public Optional<string?> ExpiresAt { get; init; }

    /// <summary>The version that the caller has read; another current version is a conflict.</summary>
    [JsonPropertyOrder(1)]
    public int? Version { get; init; }

    /// <summary>Replaces the rule's tests; run at every save.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<RuleTest>? Tests { get; init; }

    /// <summary>Audited.</summary>
    [JsonPropertyOrder(1)]
    public string? Reason { get; init; }

    /// <summary>Why the author accepts the rule's warnings: audited.</summary>
    [JsonPropertyOrder(1)]
    public string? LintJustification { get; init; }
}
