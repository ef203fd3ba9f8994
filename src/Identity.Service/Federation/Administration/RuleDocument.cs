using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Administration;

/// <summary>A rule on the wire.</summary>
internal sealed record RuleDocument
{
    public required string Id { get; init; }

    public string Type { get; init; } = "federation_rule";

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string IssuerId { get; init; }

    public required string? IssuerName { get; init; }

    public required MatchDocument Match { get; init; }

    public required TargetDocument Target { get; init; }

    [JsonPropertyName("oauth_scope")]
    public required string OAuthScope { get; init; }

    public required string SubjectType { get; init; }

    /// <summary>Instead of <c>oauth_scope</c>: for routes below the rule's tunnels.</summary>
    public required IReadOnlyList<string> RouteScopes { get; init; }

    public required int TokenLifetimeSeconds { get; init; }

    public required bool AppliesToAllWorkspaces { get; init; }

    public required IReadOnlyList<string> WorkspaceIds { get; init; }

    /// <summary>Set if there is exactly one workspace.</summary>
    public string? WorkspaceId => WorkspaceIds.Count == 1 ? WorkspaceIds[0] : null;

    public required IReadOnlyList<string> TunnelIds { get; init; }

    public required IReadOnlyList<string> EdgeIds { get; init; }

    public required IReadOnlyList<string> ActorIds { get; init; }

    /// <summary>The OAuth clients that people may sign in with by it; empty: every client.</summary>
    public required IReadOnlyList<string> ClientIds { get; init; }

    /// <summary>Reserved.</summary>
    public Dictionary<string, string> Attributes { get; init; } = [];

    public required string State { get; init; }

    public required string Bind { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? ExpiresAt { get; init; }

    public required int Version { get; init; }

    /// <summary>The version that decides; null if none, so nothing is minted.</summary>
    public required int? EnforcedVersion { get; init; }

    /// <summary>True while this version waits for a second person; absent otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? AwaitsApproval { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset UpdatedAt { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? ArchivedAt { get; init; }

    [JsonPropertyName("created_by_actor_id")]
    public required string CreatedBy { get; init; }

    [JsonPropertyName("updated_by_actor_id")]
    public required string UpdatedBy { get; init; }

    [JsonPropertyName("archived_by_actor_id")]
    public required string? ArchivedBy { get; init; }

    /// <summary>Its warnings; absent if its issuer is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LintDocument>? Lints { get; init; }

    /// <summary>Absent in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RuleTest>? Tests { get; init; }

    public static RuleDocument From(Rule rule, string? issuerName, string? serviceAccountName) =>
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
            SubjectType = rule.SubjectType.Name(),
            RouteScopes = rule.RouteScopes,
            TokenLifetimeSeconds = rule.TokenLifetimeSeconds,
            AppliesToAllWorkspaces = rule.AppliesToAllWorkspaces,
            WorkspaceIds = rule.WorkspaceIds,
            TunnelIds = rule.TunnelIds,
            EdgeIds = rule.EdgeIds,
            ActorIds = rule.ActorIds,
            ClientIds = rule.ClientIds,
            State = rule.State.Name(),
            Bind = rule.Bind.Name(),
            ExpiresAt = rule.ExpiresAt,
            Version = rule.Version,
            EnforcedVersion = rule.EnforcedVersion,
            AwaitsApproval = rule.AwaitsApproval ? true : null,
            CreatedAt = rule.Stamps.CreatedAt,
            UpdatedAt = rule.Stamps.UpdatedAt,
            ArchivedAt = rule.Stamps.ArchivedAt,
            CreatedBy = rule.Stamps.CreatedBy,
            UpdatedBy = rule.Stamps.UpdatedBy,
            ArchivedBy = rule.Stamps.ArchivedBy,
        };

    private static MatchDocument ToDocument(RuleMatch match) =>
        new(
            SubjectPrefix: match.Subject,
            SubjectSegments: match.SubjectSegments,
            Audience: match.Audience,
            Claims: match.Claims.Count == 0
                ? null
                : match.Claims.ToDictionary(
                    claim => claim.Key,
                    claim => JsonSerializer.SerializeToElement(claim.Value, FederationJson.Default.String)
                ),
            Matchers: match.Matchers.Count == 0 ? null : [.. match.Matchers.Select(MatcherReader.ToDocument)],
            Condition: match.Condition
        );
}
