using System.Text.Json;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>The columns that a rule's newest row and the rows of its versions share.</summary>
internal sealed record RuleRow : StampColumns
{
    /// <summary>The columns with the same names in both tables: all except the rule's id, ordinal and version.</summary>
    public const string Columns =
        "organization_id, name, description, issuer_id, service_account_id, subject, subject_segments, audience, claims, "
        + "matchers, cel_condition, oauth_scope, token_lifetime_seconds, applies_to_all_workspaces, tunnel_ids, edge_ids, "
        + "actor_ids, state, token_binding, expires_at_ms, enforced_version, created_at_ms, created_by, updated_at_ms, updated_by, "
        + "archived_at_ms, archived_by";

    private const string SelectColumns =
        "organization_id AS OrganizationId, name AS Name, description AS Description, issuer_id AS IssuerId, "
        + "service_account_id AS ServiceAccountId, subject AS Subject, subject_segments AS SubjectSegments, "
        + "audience AS Audience, claims AS Claims, matchers AS Matchers, cel_condition AS Condition, "
        + "oauth_scope AS OAuthScope, token_lifetime_seconds AS TokenLifetimeSeconds, "
        + "applies_to_all_workspaces AS AppliesToAllWorkspaces, tunnel_ids AS TunnelIds, edge_ids AS EdgeIds, "
        + "actor_ids AS ActorIds, state AS State, token_binding AS Bind, expires_at_ms AS ExpiresAt, enforced_version AS EnforcedVersion, ";

    /// <summary>From the newest versions; the caller adds the condition.</summary>
    public const string SelectNewest =
        "SELECT id AS Id, " + SelectColumns + StampColumns.Select + " FROM federation_rules";

    /// <summary>From all versions, which are numbered separately; the caller adds the condition.</summary>
    public const string SelectVersion =
        "SELECT rule_id AS Id, version AS Ordinal, version AS Version, "
        + SelectColumns
        + "created_at_ms AS CreatedAt, created_by AS CreatedBy, updated_at_ms AS UpdatedAt, updated_by AS UpdatedBy, "
        + "archived_at_ms AS ArchivedAt, archived_by AS ArchivedBy FROM federation_rule_versions";

    public required string Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string IssuerId { get; init; }

    public required string ServiceAccountId { get; init; }

    public string? Subject { get; init; }

    public string? SubjectSegments { get; init; }

    public string? Audience { get; init; }

    public required string Claims { get; init; }

    public required string Matchers { get; init; }

    public string? Condition { get; init; }

    public required string OAuthScope { get; init; }

    public long TokenLifetimeSeconds { get; init; }

    public long AppliesToAllWorkspaces { get; init; }

    public required string TunnelIds { get; init; }

    public required string EdgeIds { get; init; }

    public required string ActorIds { get; init; }

    public required string State { get; init; }

    public required string Bind { get; init; }

    public long? ExpiresAt { get; init; }

    public long? EnforcedVersion { get; init; }

    /// <summary>Names and values as a JSON object.</summary>
    public static string ToClaimsColumn(RuleMatch match) =>
        JsonSerializer.Serialize(match.Claims.ToDictionary(), FederationJson.Default.DictionaryStringString);

    /// <summary>The array of the wire format.</summary>
    public static string ToMatchersColumn(RuleMatch match) =>
        match.Matchers.Count == 0
            ? "[]"
            : JsonSerializer.Serialize(
                [.. match.Matchers.Select(MatcherReader.ToDocument)],
                FederationJson.Default.MatcherDocumentArray
            );

    /// <param name="workspaces">Of this version.</param>
    /// <param name="share">
    /// Returns the same instance for equal texts: most rules of an installation have many in common.
    /// </param>
    public Rule ToRule(IEnumerable<string> workspaces, Func<string, string> share) =>
        new()
        {
            Id = RuleId.Wrap(Id),
            OrganizationId = share(OrganizationId),
            Name = Name,
            Description = share(Description),
            IssuerId = Culvert.Identity.Service.Ids.IssuerId.Wrap(share(IssuerId)),
            ServiceAccountId = Culvert.Identity.Service.Ids.ServiceAccountId.Wrap(share(ServiceAccountId)),
            Match = new RuleMatch
            {
                Subject = Subject,
                SubjectSegments = SubjectSegments,
                Audience = Audience is null ? null : share(Audience),
                Claims = Claims == "{}" ? [] : ReadClaims(Claims, share),
                Matchers = Matchers == "[]" ? [] : ReadMatchers(Matchers),
                Condition = Condition is null ? null : share(Condition),
            },
            Scopes = Words(OAuthScope, share),
            TokenLifetimeSeconds = (int)TokenLifetimeSeconds,
            AppliesToAllWorkspaces = AppliesToAllWorkspaces != 0,
            WorkspaceIds = [.. workspaces.Order(StringComparer.Ordinal).Select(share)],
            TunnelIds = Words(TunnelIds, share),
            EdgeIds = Words(EdgeIds, share),
            ActorIds = Words(ActorIds, share),
            State = WireNames.Parse<RuleState>(State),
            Bind = WireNames.Parse<RuleBind>(Bind),
            ExpiresAt = Instants.FromStore(ExpiresAt),
            Version = (int)Version,
            EnforcedVersion = (int?)EnforcedVersion,
            Stamps = ToStamps(),
        };

    private static KeyValuePair<string, string>[] ReadClaims(string json, Func<string, string> share) =>
        [
            .. JsonSerializer
                .Deserialize(json, FederationJson.Default.DictionaryStringString)!
                .OrderBy(claim => claim.Key, StringComparer.Ordinal)
                .Select(claim => KeyValuePair.Create(share(claim.Key), claim.Value)),
        ];

    // The stored form was parsed once before it was saved. If it cannot be parsed again, the read fails: a rule must
    // not lose a condition silently.
    private static ClaimMatcher[] ReadMatchers(string json) =>
        [
            .. JsonSerializer
                .Deserialize(json, FederationJson.Default.MatcherDocumentArray)!
                .Select(document =>
                    MatcherReader.Read(document) is { Matcher: { } matcher }
                        ? matcher
                        : throw new StoreException("A rule's matchers cannot be read.")
                ),
        ];

    private static string[] Words(string text, Func<string, string> share) =>
        text.Length == 0 ? [] : [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(share)];
}
