using System.Text.Json;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>The columns that a rule's newest row and the rows of its versions share.</summary>
internal sealed record RuleRow : StampColumns
{
    /// <summary>The newest version of each rule.</summary>
    public static readonly Columns<RuleRow> Newest = new("federation_rules");

    /// <summary>
    /// The columns of all versions, which are numbered separately and name their rule in <c>rule_id</c>.
    /// </summary>
    public static readonly string VersionColumns = Newest.NamesWithout("id", "ordinal", "version");

    /// <summary>From all versions; the caller adds the condition.</summary>
    public static readonly string SelectVersion =
        $"SELECT rule_id AS id, version AS ordinal, version, {VersionColumns} FROM federation_rule_versions";

    [InsertOnly]
    public required string Id { get; init; }

    [InsertOnly]
    public required string OrganizationId { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    [InsertOnly]
    public required string IssuerId { get; init; }

    public required string ServiceAccountId { get; init; }

    public string? Subject { get; init; }

    public string? SubjectSegments { get; init; }

    public string? Audience { get; init; }

    public required string Claims { get; init; }

    public required string Matchers { get; init; }

    public string? CelCondition { get; init; }

    public required string OauthScope { get; init; }

    public long TokenLifetimeSeconds { get; init; }

    public long AppliesToAllWorkspaces { get; init; }

    public required string TunnelIds { get; init; }

    public required string EdgeIds { get; init; }

    public required string ActorIds { get; init; }

    public required string State { get; init; }

    public required string TokenBinding { get; init; }

    public required string SubjectType { get; init; }

    public required string RouteScopes { get; init; }

    public required string ClientIds { get; init; }

    public long? ExpiresAtMs { get; init; }

    public long? EnforcedVersion { get; init; }

    public static RuleRow Create(Rule rule) =>
        new()
        {
            Id = rule.Id.Value,
            OrganizationId = rule.OrganizationId,
            Name = rule.Name,
            Description = rule.Description,
            IssuerId = rule.IssuerId.Value,
            ServiceAccountId = rule.ServiceAccountId.Value,
            Subject = rule.Match.Subject,
            SubjectSegments = rule.Match.SubjectSegments,
            Audience = rule.Match.Audience,
            Claims = JsonSerializer.Serialize(
                rule.Match.Claims.ToDictionary(),
                FederationJson.Default.DictionaryStringString
            ),
            Matchers =
                rule.Match.Matchers.Count == 0
                    ? "[]"
                    : JsonSerializer.Serialize(
                        [.. rule.Match.Matchers.Select(MatcherReader.ToDocument)],
                        FederationJson.Default.MatcherDocumentArray
                    ),
            CelCondition = rule.Match.Condition,
            OauthScope = rule.OAuthScope,
            TokenLifetimeSeconds = rule.TokenLifetimeSeconds,
            AppliesToAllWorkspaces = rule.AppliesToAllWorkspaces ? 1L : 0L,
            TunnelIds = string.Join(' ', rule.TunnelIds),
            EdgeIds = string.Join(' ', rule.EdgeIds),
            ActorIds = string.Join(' ', rule.ActorIds),
            State = rule.State.Name(),
            TokenBinding = rule.Bind.Name(),
            SubjectType = rule.SubjectType.Name(),
            RouteScopes = string.Join(' ', rule.RouteScopes),
            ClientIds = string.Join(' ', rule.ClientIds),
            ExpiresAtMs = rule.ExpiresAt.ToStore(),
            EnforcedVersion = rule.EnforcedVersion,
            Version = rule.Version,
            Stamps = rule.Stamps,
        };

    /// <param name="workspaces">The ids of the workspaces that this version of the rule applies to.</param>
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
                Condition = CelCondition is null ? null : share(CelCondition),
            },
            Scopes = Words(OauthScope, share),
            TokenLifetimeSeconds = (int)TokenLifetimeSeconds,
            AppliesToAllWorkspaces = AppliesToAllWorkspaces != 0,
            WorkspaceIds = [.. workspaces.Order(StringComparer.Ordinal).Select(share)],
            TunnelIds = Words(TunnelIds, share),
            EdgeIds = Words(EdgeIds, share),
            ActorIds = Words(ActorIds, share),
            State = WireNames.Parse<RuleState>(State),
            Bind = WireNames.Parse<RuleBind>(TokenBinding),
            SubjectType = WireNames.Parse<SubjectType>(SubjectType),
            RouteScopes = Words(RouteScopes, share),
            ClientIds = Words(ClientIds, share),
            ExpiresAt = Instants.FromStore(ExpiresAtMs),
            Version = (int)Version,
            EnforcedVersion = (int?)EnforcedVersion,
            Stamps = Stamps,
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
