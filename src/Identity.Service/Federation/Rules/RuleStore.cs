using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>Stores federation rules with all their versions.</summary>
internal sealed class RuleStore(Database database) : IRuleStore
{
    private const string SelectWorkspaces = "SELECT rule_id, workspace_id FROM federation_rule_workspaces";

    private const string SelectVersionWorkspaces =
        "SELECT rule_id, version, workspace_id FROM federation_rule_version_workspaces";

    // The rule's issuer and service account exist and are not archived.
    private const string ReferencesAreLive =
        "EXISTS (SELECT 1 FROM federation_issuers WHERE id = @IssuerId AND archived_at_ms IS NULL) "
        + "AND EXISTS (SELECT 1 FROM service_accounts WHERE id = @ServiceAccountId AND archived_at_ms IS NULL)";

    // While a rule's newest version is only audited, an earlier version is enforced. This selects those earlier
    // versions.
    private const string WhereEnforced =
        " WHERE version = (SELECT r.enforced_version FROM federation_rules r "
        + "WHERE r.id = rule_id AND r.version <> r.enforced_version)";

    public async ValueTask<Rule?> FindAsync(string organizationId, string id, CancellationToken cancellationToken)
    {
        var rows = await QueryAsync(
            RuleRow.Newest.Select + " WHERE organization_id = @organizationId AND id = @id",
            SelectWorkspaces,
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
            RuleRow.Newest.Select
                + " WHERE organization_id = @organizationId AND ordinal < @Before "
                + "AND (@IssuerId = '' OR issuer_id = @IssuerId) "
                + "AND (@Archived = 1 OR archived_at_ms IS NULL) ORDER BY ordinal DESC LIMIT @Count",
            SelectWorkspaces,
            new
            {
                organizationId,
                IssuerId = issuerId ?? "",
                page.Before,
                page.Archived,
                page.Count,
            },
            cancellationToken
        );

    public async ValueTask<IReadOnlyList<Rule>> ListWaitingAsync(
        string organizationId,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var rows = await QueryAsync(
            RuleRow.Newest.Select
                + " WHERE organization_id = @organizationId AND archived_at_ms IS NULL AND state = 'enforce' "
                + "AND (enforced_version IS NULL OR enforced_version <> version) ORDER BY ordinal DESC LIMIT @limit",
            SelectWorkspaces,
            new { organizationId, limit },
            cancellationToken
        );
        return [.. rows.Select(row => row.Value)];
    }

    public async ValueTask<Rule?> FindVersionAsync(
        string organizationId,
        string id,
        int version,
        CancellationToken cancellationToken
    )
    {
        var rows = await QueryAsync(
            RuleRow.SelectVersion + " WHERE organization_id = @organizationId AND rule_id = @id AND version = @version",
            SelectVersionWorkspaces + " WHERE rule_id = @id AND version = @version",
            new
            {
                organizationId,
                id,
                version,
            },
            cancellationToken
        );
        return rows.Count == 0 ? null : rows[0].Value;
    }

    public async ValueTask<IReadOnlyList<Rule>> ListVersionsAsync(
        string organizationId,
        string id,
        PageRequest page,
        CancellationToken cancellationToken
    )
    {
        var parameters = new
        {
            organizationId,
            id,
            page.Before,
            page.Count,
        };
        var rows = await database.QueryAsync<RuleRow>(
            RuleRow.SelectVersion
                + " WHERE organization_id = @organizationId AND rule_id = @id AND version < @Before "
                + "ORDER BY version DESC LIMIT @Count",
            parameters,
            cancellationToken
        );
        var workspaces = (
            await database.QueryAsync<WorkspaceRow>(
                SelectVersionWorkspaces + " WHERE rule_id = @id",
                parameters,
                cancellationToken
            )
        ).ToLookup(row => row.Version, row => row.WorkspaceId);
        return [.. rows.Select(row => row.ToRule(workspaces[row.Version], text => text))];
    }

    public async ValueTask<IReadOnlyList<StoredRule>> AllAsync(CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        return await QueryStoredAsync("", "", "", null, Share, cancellationToken);

        // Equal texts share one instance, because most rules of an installation have many texts in common.
        string Share(string text)
        {
            if (texts.TryGetValue(text, out var shared))
            {
                return shared;
            }

            texts.Add(text, text);
            return text;
        }
    }

    public ValueTask<IReadOnlyList<StoredRule>> FindManyAsync(
        IReadOnlyList<string> ids,
        CancellationToken cancellationToken
    ) =>
        IdLists.ReadAsync<StoredRule>(
            ids,
            async some =>
                await QueryStoredAsync(
                    " WHERE " + database.AnyOf("id", "@some"),
                    " AND " + database.AnyOf("rule_id", "@some"),
                    " WHERE " + database.AnyOf("rule_id", "@some"),
                    new { some },
                    text => text,
                    cancellationToken
                )
        );

    public IReadOnlyList<Statement> Insert(Rule rule) =>
        [
            RuleRow
                .Newest.InsertWhere(RuleRow.Create(rule), ReferencesAreLive)
                .ExpectingOne(FederationErrors.ReferenceArchived())
                .Unique(FederationErrors.NameTaken.Refuse()),
            .. InsertWorkspaces(rule),
            .. InsertVersion(rule),
        ];

    public IReadOnlyList<Statement> Update(Rule rule) =>
        [
            // An archived rule no longer refers to anything; a live rule refers only to live records.
            .. rule.IsArchived ? Array.Empty<Statement>() : [RequireReferences(rule)],
            RuleRow
                .Newest.Update(RuleRow.Create(rule), StampColumns.PreviousIsLive)
                .ExpectingOne(FederationErrors.Changed.Refuse())
                .Unique(FederationErrors.NameTaken.Refuse()),
            new Statement("DELETE FROM federation_rule_workspaces WHERE rule_id = @Id", new { Id = rule.Id.Value }),
            .. InsertWorkspaces(rule),
            .. InsertVersion(rule),
        ];

    public Statement RequireNaming(string ruleId, string serviceAccountId, string? workspaceId, string machineId) =>
        new(
            "SELECT 1 FROM federation_rules WHERE id = @ruleId AND archived_at_ms IS NULL "
                + "AND EXISTS (SELECT 1 FROM federation_rule_versions v WHERE v.rule_id = @ruleId "
                + "AND v.version = federation_rules.enforced_version AND v.service_account_id = @serviceAccountId "
                + (
                    workspaceId is null
                        ? ""
                        : "AND (v.applies_to_all_workspaces = 1 OR EXISTS (SELECT 1 "
                            + "FROM federation_rule_version_workspaces w WHERE w.rule_id = v.rule_id "
                            + "AND w.version = v.version AND w.workspace_id = @workspaceId)) "
                )
                // Not LIKE: SQLite's ignores case, matches an underscore with any character, and compiles each pattern.
                + "AND REPLACE(' ' || v.tunnel_ids || ' ' || v.edge_ids || ' ', @Named, '') "
                + "<> ' ' || v.tunnel_ids || ' ' || v.edge_ids || ' ')",
            new
            {
                ruleId,
                serviceAccountId,
                workspaceId,
                Named = $" {machineId} ",
            }
        );

    // Updates the rule's row only if the records that it refers to are live: the number of updated rows is the check.
    private static Statement RequireReferences(Rule rule) =>
        new Statement(
            $"UPDATE federation_rules SET version = version WHERE id = @Id AND {ReferencesAreLive}",
            new
            {
                Id = rule.Id.Value,
                IssuerId = rule.IssuerId.Value,
                ServiceAccountId = rule.ServiceAccountId.Value,
            }
        ).ExpectingOne(FederationErrors.ReferenceArchived());

    private static IEnumerable<Statement> InsertWorkspaces(Rule rule) =>
        rule.WorkspaceIds.Select(workspace => new Statement(
            "INSERT INTO federation_rule_workspaces (rule_id, workspace_id) VALUES (@Id, @Workspace)",
            new { Id = rule.Id.Value, Workspace = workspace }
        ));

    // Copies the row that the preceding statements have written.
    private static Statement[] InsertVersion(Rule rule)
    {
        var parameters = new { Id = rule.Id.Value, rule.Version };
        return
        [
            new Statement(
                $"INSERT INTO federation_rule_versions (rule_id, version, {RuleRow.VersionColumns}) "
                    + $"SELECT id, version, {RuleRow.VersionColumns} FROM federation_rules WHERE id = @Id AND version = @Version",
                parameters
            ),
            new Statement(
                "INSERT INTO federation_rule_version_workspaces (rule_id, version, workspace_id) "
                    + "SELECT rule_id, @Version, workspace_id FROM federation_rule_workspaces WHERE rule_id = @Id",
                parameters
            ),
        ];
    }

    private async ValueTask<IReadOnlyList<StoredRule>> QueryStoredAsync(
        string condition,
        string versionCondition,
        string workspaceCondition,
        object? parameters,
        Func<string, string> share,
        CancellationToken cancellationToken
    )
    {
        var latest = await QueryAsync(
            RuleRow.Newest.Select + condition,
            SelectWorkspaces + workspaceCondition,
            parameters,
            cancellationToken,
            share
        );
        var enforced = new Dictionary<string, Rule>(StringComparer.Ordinal);
        if (latest.Any(rule => IsAuditing(rule.Value)))
        {
            var versions = await QueryAsync(
                RuleRow.SelectVersion + WhereEnforced + versionCondition,
                SelectVersionWorkspaces + WhereEnforced + versionCondition,
                parameters,
                cancellationToken,
                share
            );
            enforced = versions.ToDictionary(version => version.Value.Id.Value, version => version.Value);
        }

        return
        [
            .. latest.Select(rule => new StoredRule(
                rule.Value,
                // A change between the two reads may have removed the enforced version. The next refresh reads that
                // change.
                IsAuditing(rule.Value)
                && enforced.GetValueOrDefault(rule.Value.Id.Value) is { } version
                && version.Version == rule.Value.EnforcedVersion
                    ? version
                    : null
            )),
        ];
    }

    private static bool IsAuditing(Rule rule) => rule.EnforcedVersion is { } version && version != rule.Version;

    private async ValueTask<IReadOnlyList<Numbered<Rule>>> QueryAsync(
        string sql,
        string workspacesSql,
        object? parameters,
        CancellationToken cancellationToken,
        Func<string, string>? share = null
    )
    {
        share ??= text => text;
        // The two reads are not one transaction. If a caller decides by outdated data, its update fails on the version.
        var rows = await database.QueryAsync<RuleRow>(sql, parameters, cancellationToken);
        // For a few rules, only their own workspaces are read.
        var few = rows.Count <= IdLists.MaxIdsAtOnce && workspacesSql == SelectWorkspaces;
        var workspaces = (
            await database.QueryAsync<WorkspaceRow>(
                few ? $"{workspacesSql} WHERE {database.AnyOf("rule_id", "@ids")}" : workspacesSql,
                few ? new { ids = rows.Select(row => row.Id).ToArray() } : parameters,
                cancellationToken
            )
        ).ToLookup(row => row.RuleId, row => row.WorkspaceId);
        return [.. rows.Select(row => new Numbered<Rule>(row.Ordinal, row.ToRule(workspaces[row.Id], share)))];
    }

    private sealed record WorkspaceRow
    {
        public required string RuleId { get; init; }

        public long Version { get; init; }

        public required string WorkspaceId { get; init; }
    }
}
