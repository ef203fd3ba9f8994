using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.RuleTests;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>A rule on the wire.</summary>
internal sealed record RuleDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; init; } = "federation_rule";

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("description")]
    public required string Description { get; init; }

    [JsonPropertyName("issuer_id")]
    public required string IssuerId { get; init; }

    [JsonPropertyName("issuer_name")]
    public required string? IssuerName { get; init; }

    [JsonPropertyName("match")]
    public required MatchDocument Match { get; init; }

    [JsonPropertyName("target")]
    public required TargetDocument Target { get; init; }

    [JsonPropertyName("oauth_scope")]
    public required string OAuthScope { get; init; }

    [JsonPropertyName("token_lifetime_seconds")]
    public required int TokenLifetimeSeconds { get; init; }

    [JsonPropertyName("applies_to_all_workspaces")]
    public required bool AppliesToAllWorkspaces { get; init; }

    [JsonPropertyName("workspace_ids")]
    public required IReadOnlyList<string> WorkspaceIds { get; init; }

    /// <summary>Set if there is exactly one workspace.</summary>
    [JsonPropertyName("workspace_id")]
    public string? WorkspaceId => WorkspaceIds.Count == 1 ? WorkspaceIds[0] : null;

    [JsonPropertyName("tunnel_ids")]
    public required IReadOnlyList<string> TunnelIds { get; init; }

    [JsonPropertyName("edge_ids")]
    public required IReadOnlyList<string> EdgeIds { get; init; }

    [JsonPropertyName("actor_ids")]
    public required IReadOnlyList<string> ActorIds { get; init; }

    /// <summary>Reserved.</summary>
    [JsonPropertyName("attributes")]
    public Dictionary<string, string> Attributes { get; init; } = [];

    [JsonPropertyName("state")]
    public required string State { get; init; }

    [JsonPropertyName("bind")]
    public required string Bind { get; init; }

    [JsonPropertyName("expires_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? ExpiresAt { get; init; }

    [JsonPropertyName("version")]
    public required int Version { get; init; }

    /// <summary>The version that decides; null if none, so nothing is minted.</summary>
    [JsonPropertyName("enforced_version")]
    public required int? EnforcedVersion { get; init; }

    [JsonPropertyName("created_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("updated_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset UpdatedAt { get; init; }

    [JsonPropertyName("archived_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? ArchivedAt { get; init; }

    [JsonPropertyName("created_by_actor_id")]
    public required string CreatedBy { get; init; }

    [JsonPropertyName("updated_by_actor_id")]
    public required string UpdatedBy { get; init; }

    [JsonPropertyName("archived_by_actor_id")]
    public required string? ArchivedBy { get; init; }

    /// <summary>Its warnings; absent if its issuer is not known.</summary>
    [JsonPropertyName("lints")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LintDocument>? Lints { get; init; }

    /// <summary>Absent in lists.</summary>
    [JsonPropertyName("tests")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RuleTest>? Tests { get; init; }

    public static RuleDocument Of(Rule rule, string? issuerName, string? serviceAccountName) =>
        new()
        {
            Id = rule.Id.Value,
            Name = rule.Name,
            Description = rule.Description,
            IssuerId = rule.IssuerId.Value,
            IssuerName = issuerName,
            Match = ToDocument(rule.Match),
            Target = new TargetDocument
            {
                ServiceAccountId = rule.ServiceAccountId.Value,
                ServiceAccountName = serviceAccountName,
            },
            OAuthScope = rule.OAuthScope,
            TokenLifetimeSeconds = rule.TokenLifetimeSeconds,
            AppliesToAllWorkspaces = rule.AppliesToAllWorkspaces,
            WorkspaceIds = rule.WorkspaceIds,
            TunnelIds = rule.TunnelIds,
            EdgeIds = rule.EdgeIds,
            ActorIds = rule.ActorIds,
            State = rule.State.Name(),
            Bind = rule.Bind.Name(),
            ExpiresAt = rule.ExpiresAt,
            Version = rule.Version,
            EnforcedVersion = rule.EnforcedVersion,
            CreatedAt = rule.Stamps.CreatedAt,
            UpdatedAt = rule.Stamps.UpdatedAt,
            ArchivedAt = rule.Stamps.ArchivedAt,
            CreatedBy = rule.Stamps.CreatedBy,
            UpdatedBy = rule.Stamps.UpdatedBy,
            ArchivedBy = rule.Stamps.ArchivedBy,
        };

    private static MatchDocument ToDocument(RuleMatch match) =>
        new()
        {
            SubjectPrefix = match.Subject,
            SubjectSegments = match.SubjectSegments,
            Audience = match.Audience,
            Claims =
                match.Claims.Count == 0
                    ? null
                    : match.Claims.ToDictionary(
                        claim => claim.Key,
                        claim => JsonSerializer.SerializeToElement(claim.Value, FederationJson.Default.String)
                    ),
            Matchers = match.Matchers.Count == 0 ? null : [.. match.Matchers.Select(MatcherReader.ToDocument)],
            Condition = match.Condition,
        };
}
