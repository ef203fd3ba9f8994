using System.Text.Json;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Hosting;
using Dapper;

namespace Culvert.Identity.Service.Storage.Federation;

internal sealed class RuleStore(Database database) : IRuleStore
{
    private const string Select =
        "SELECT id AS Id, organization_id AS OrganizationId, name AS Name, description AS Description, "
        + "issuer_id AS IssuerId, service_account_id AS ServiceAccountId, subject AS Subject, audience AS Audience, "
        + "claims AS Claims, oauth_scope AS OAuthScope, token_lifetime_seconds AS TokenLifetimeSeconds, "
        + "applies_to_all_workspaces AS AppliesToAllWorkspaces, tunnel_ids AS TunnelIds, edge_ids AS EdgeIds, "
        + StampColumns.Select
        + " FROM federation_rules";

    private const string SelectWorkspaces =
        "SELECT rule_id AS RuleId, workspace_id AS WorkspaceId FROM federation_rule_workspaces";

    public async ValueTask<Rule?> FindAsync(string organizationId, string id, CancellationToken cancellationToken)
    {
        var rows = await QueryAsync(
            Select + " WHERE organization_id = @organizationId AND id = @id",
            SelectWorkspaces + " WHERE rule_id = @id",
            new { organizationId, id },
            cancellationToken
        );
        return rows.Count == 0 ? null : rows[0].Value;
    }

    public async ValueTask<IReadOnlyList<Numbered<Rule>>> ListAsync(
        string organizationId,
        string? issuerId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        await QueryAsync(
            Select
                + " WHERE organization_id = @organizationId AND ordinal < @Before "
                + "AND (@IssuerId = '' OR issuer_id = @IssuerId) "
                + "AND (@Archived = 1 OR archived_at_ms IS NULL) ORDER BY ordinal DESC LIMIT @Count",
            SelectWorkspaces
                + " WHERE rule_id IN (SELECT id FROM federation_rules WHERE organization_id = @organizationId)",
            new
            {
                organizationId,
                IssuerId = issuerId ?? "",
                page.Before,
                Archived = page.IncludeArchived ? 1L : 0L,
                Count = page.Limit + 1,
            },
            cancellationToken
        );

    public async ValueTask<IReadOnlyList<Rule>> AllAsync(CancellationToken cancellationToken) =>
        [.. (await QueryAsync(Select, SelectWorkspaces, null, cancellationToken)).Select(row => row.Value)];

    public IReadOnlyList<Statement> Insert(Rule rule) => [new Statement(
                "INSERT INTO federation_rules (id, ordinal, organization_id, name, description, issuer_id, "
                    + "service_account_id, subject, audience, claims, oauth_scope, token_lifetime_seconds, "
                    + "applies_to_all_workspaces, tunnel_ids, edge_ids, version, created_at_ms, created_by, updated_at_ms, "
                    + "updated_by) SELECT @Id, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM federation_rules), "
                    + "@OrganizationId, @Name, @Description, @IssuerId, @ServiceAccountId, @Subject, @Audience, @Claims, "
                    + "@OAuthScope, @TokenLifetimeSeconds, @AppliesToAllWorkspaces, @TunnelIds, @EdgeIds, @Version, "
                    + "@CreatedAt, @CreatedBy, @UpdatedAt, @UpdatedBy "
                    + "WHERE EXISTS (SELECT 1 FROM federation_issuers WHERE id = @IssuerId AND archived_at_ms IS NULL) "
                    + "AND EXISTS (SELECT 1 FROM service_accounts WHERE id = @ServiceAccountId AND archived_at_ms IS NULL)",
                new
                {
                    Id = rule.Id.Value,
                    rule.OrganizationId,
                    rule.Name,
                    rule.Description,
                    IssuerId = rule.IssuerId.Value,
                    ServiceAccountId = rule.ServiceAccountId.Value,
                    rule.Match.Subject,
                    rule.Match.Audience,
                    Claims = JsonOf(rule.Match.Claims),
                    rule.OAuthScope,
                    rule.TokenLifetimeSeconds,
                    AppliesToAllWorkspaces = rule.AppliesToAllWorkspaces ? 1L : 0L,
                    TunnelIds = string.Join(' ', rule.TunnelIds),
                    EdgeIds = string.Join(' ', rule.EdgeIds),
                    rule.Version,
                    CreatedAt = rule.Stamps.CreatedAt.ToStore(),
                    rule.Stamps.CreatedBy,
                    UpdatedAt = rule.Stamps.UpdatedAt.ToStore(),
                    rule.Stamps.UpdatedBy,
                }
            ).ExpectingOne(FederationConflict.ReferenceArchived).Unique(FederationConflict.NameTaken), .. InsertWorkspaces(rule)];

    public IReadOnlyList<Statement> Update(Rule rule) =>
        [
            // An archived rule refers to nothing any more; a live one only to what is live.
            .. rule.IsArchived ? Array.Empty<Statement>() : [RequireReferences(rule)],
            new Statement(
                "UPDATE federation_rules SET name = @Name, description = @Description, "
                    + "service_account_id = @ServiceAccountId, subject = @Subject, audience = @Audience, claims = @Claims, "
                    + "oauth_scope = @OAuthScope, token_lifetime_seconds = @TokenLifetimeSeconds, "
                    + "applies_to_all_workspaces = @AppliesToAllWorkspaces, tunnel_ids = @TunnelIds, edge_ids = @EdgeIds, "
                    + "version = @Version, updated_at_ms = @UpdatedAt, updated_by = @UpdatedBy, "
                    + "archived_at_ms = @ArchivedAt, archived_by = @ArchivedBy "
                    + "WHERE id = @Id AND version = @Version - 1 AND archived_at_ms IS NULL",
                new
                {
                    Id = rule.Id.Value,
                    rule.Name,
                    rule.Description,
                    ServiceAccountId = rule.ServiceAccountId.Value,
                    rule.Match.Subject,
                    rule.Match.Audience,
                    Claims = JsonOf(rule.Match.Claims),
                    rule.OAuthScope,
                    rule.TokenLifetimeSeconds,
                    AppliesToAllWorkspaces = rule.AppliesToAllWorkspaces ? 1L : 0L,
                    TunnelIds = string.Join(' ', rule.TunnelIds),
                    EdgeIds = string.Join(' ', rule.EdgeIds),
                    rule.Version,
                    UpdatedAt = rule.Stamps.UpdatedAt.ToStore(),
                    rule.Stamps.UpdatedBy,
                    ArchivedAt = rule.Stamps.ArchivedAt.ToStore(),
                    rule.Stamps.ArchivedBy,
                }
            ).ExpectingOne(FederationConflict.Changed).Unique(FederationConflict.NameTaken),
            new Statement("DELETE FROM federation_rule_workspaces WHERE rule_id = @Id", new { Id = rule.Id.Value }),
            .. InsertWorkspaces(rule),
        ];

    public Statement RequireNaming(string ruleId, string serviceAccountId, string? workspaceId, string machineId) =>
        new(
            "UPDATE federation_rules SET version = version WHERE id = @ruleId AND archived_at_ms IS NULL "
                + "AND service_account_id = @serviceAccountId "
                + (
                    workspaceId is null
                        ? ""
                        : "AND (applies_to_all_workspaces = 1 OR EXISTS (SELECT 1 FROM federation_rule_workspaces "
                            + "WHERE rule_id = @ruleId AND workspace_id = @workspaceId)) "
                )
                + "AND (' ' || tunnel_ids || ' ' || edge_ids || ' ') LIKE @Named",
            new
            {
                ruleId,
                serviceAccountId,
                workspaceId,
                Named = $"% {machineId} %",
            }
        );

    // Touches the rule's row only if what it refers to is live: the count of rows is the check.
    private static Statement RequireReferences(Rule rule) =>
        new Statement(
            "UPDATE federation_rules SET version = version WHERE id = @Id "
                + "AND EXISTS (SELECT 1 FROM federation_issuers WHERE id = @IssuerId AND archived_at_ms IS NULL) "
                + "AND EXISTS (SELECT 1 FROM service_accounts WHERE id = @ServiceAccountId AND archived_at_ms IS NULL)",
            new
            {
                Id = rule.Id.Value,
                IssuerId = rule.IssuerId.Value,
                ServiceAccountId = rule.ServiceAccountId.Value,
            }
        ).ExpectingOne(FederationConflict.ReferenceArchived);

    private static IEnumerable<Statement> InsertWorkspaces(Rule rule) =>
        rule.WorkspaceIds.Select(workspace => new Statement(
            "INSERT INTO federation_rule_workspaces (rule_id, workspace_id) VALUES (@Id, @Workspace)",
            new { Id = rule.Id.Value, Workspace = workspace }
        ));

    private static string JsonOf(IReadOnlyList<KeyValuePair<string, string>> claims) =>
        JsonSerializer.Serialize(claims.ToDictionary(), FederationJson.Default.DictionaryStringString);

    private async ValueTask<IReadOnlyList<Numbered<Rule>>> QueryAsync(
        string sql,
        string workspacesSql,
        object? parameters,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        // Not one moment: whoever changes a rule between the two readings fails on its version, or reads again after.
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)
        );
        var workspaces = (
            await connection.QueryAsync<WorkspaceRow>(
                new CommandDefinition(workspacesSql, parameters, cancellationToken: cancellationToken)
            )
        ).ToLookup(row => row.RuleId, row => row.WorkspaceId);
        return [.. rows.Select(row => new Numbered<Rule>(row.Ordinal, row.ToRule(workspaces[row.Id])))];
    }

    private sealed record WorkspaceRow
    {
        public required string RuleId { get; init; }

        public required string WorkspaceId { get; init; }
    }

    private sealed record Row : StampColumns
    {
        public required string Id { get; init; }

        public required string OrganizationId { get; init; }

        public required string Name { get; init; }

        public required string Description { get; init; }

        public required string IssuerId { get; init; }

        public required string ServiceAccountId { get; init; }

        public string? Subject { get; init; }

        public string? Audience { get; init; }

        public required string Claims { get; init; }

        public required string OAuthScope { get; init; }

        public long TokenLifetimeSeconds { get; init; }

        public long AppliesToAllWorkspaces { get; init; }

        public required string TunnelIds { get; init; }

        public required string EdgeIds { get; init; }

        public Rule ToRule(IEnumerable<string> workspaces) =>
            new()
            {
                Id = RuleId.Wrap(Id),
                OrganizationId = OrganizationId,
                Name = Name,
                Description = Description,
                IssuerId = Hosting.IssuerId.Wrap(IssuerId),
                ServiceAccountId = Hosting.ServiceAccountId.Wrap(ServiceAccountId),
                Match = new RuleMatch
                {
                    Subject = Subject,
                    Audience = Audience,
                    Claims =
                    [
                        .. JsonSerializer
                            .Deserialize(Claims, FederationJson.Default.DictionaryStringString)!
                            .OrderBy(claim => claim.Key, StringComparer.Ordinal),
                    ],
                },
                Scopes = Words(OAuthScope),
                TokenLifetimeSeconds = (int)TokenLifetimeSeconds,
                AppliesToAllWorkspaces = AppliesToAllWorkspaces != 0,
                WorkspaceIds = [.. workspaces.Order(StringComparer.Ordinal)],
                TunnelIds = Words(TunnelIds),
                EdgeIds = Words(EdgeIds),
                Version = (int)Version,
                Stamps = ToStamps(),
            };

        private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
