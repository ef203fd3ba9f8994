using System.Text.Json.Nodes;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Scim;

internal sealed class ScimResourceStore(Database database)
{
    /// <summary>The attributes by which a filter finds resources in an index.</summary>
    public static readonly IReadOnlyList<string> Indexed = ["id", "userName", "externalId", "displayName"];

    private static readonly Columns<Row> Table = new("scim_resources");

    private const string OfKind = " WHERE issuer_id = @issuerId AND kind = @Kind";

    // The ids of a list in one parameter: all have the same length. Portable, where a list parameter is not.
    private const string Ids = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @Count) ";

    private const string NextId = "SUBSTR(@Ids, i * 28 + 1, 28)";

    private const string RemoveMembers =
        "DELETE FROM scim_members WHERE group_id = @GroupId AND user_id IN (" + Ids + "SELECT " + NextId + " FROM n)";

    private const string AddMembers =
        "INSERT INTO scim_members (group_id, user_id) "
        + Ids
        + "SELECT @GroupId, r.id FROM n JOIN scim_resources r ON r.id = "
        + NextId
        + " AND r.issuer_id = @IssuerId AND r.kind = 'user'";

    private static readonly Dictionary<string, string> ByKey = new(StringComparer.Ordinal)
    {
        ["id"] = " AND id = @key",
        ["userName"] = " AND user_name_key = @key",
        ["externalId"] = " AND external_id = @key",
        ["displayName"] = " AND display_name_key = @key",
    };

    public async ValueTask<ScimResource?> FindAsync(
        ScimResourceType type,
        string organizationId,
        string issuerId,
        string id,
        CancellationToken cancellationToken
    )
    {
        var row = await database.SingleOrDefaultAsync<Row>(
            Table.Select + OfKind + " AND id = @id AND organization_id = @organizationId",
            new
            {
                issuerId,
                type.Kind,
                id,
                organizationId,
            },
            cancellationToken
        );
        return row?.ToResource(type);
    }

    /// <summary>In the order of their creation.</summary>
    public async ValueTask<IReadOnlyList<ScimResource>> ListAsync(
        ScimResourceType type,
        string issuerId,
        int skip,
        int count,
        CancellationToken cancellationToken
    ) =>
        Convert(
            type,
            await database.QueryAsync<Row>(
                Table.Select + OfKind + " ORDER BY ordinal LIMIT @count OFFSET @skip",
                new
                {
                    issuerId,
                    type.Kind,
                    skip,
                    count,
                },
                cancellationToken
            )
        );

    /// <param name="attribute">One of <see cref="Indexed"/>.</param>
    public async ValueTask<IReadOnlyList<ScimResource>> ListByAsync(
        ScimResourceType type,
        string issuerId,
        string attribute,
        string value,
        int count,
        CancellationToken cancellationToken
    ) =>
        Convert(
            type,
            await database.QueryAsync<Row>(
                Table.Select + OfKind + ByKey[attribute] + " ORDER BY ordinal LIMIT @count",
                new
                {
                    issuerId,
                    type.Kind,
                    key = attribute is "userName" or "displayName" ? ToKey(value) : value,
                    count,
                },
                cancellationToken
            )
        );

    public async ValueTask<int> CountAsync(
        ScimResourceType type,
        string issuerId,
        CancellationToken cancellationToken
    ) =>
        (int)
            await database.ScalarAsync<long>(
                "SELECT COUNT(*) FROM scim_resources" + OfKind,
                new { issuerId, type.Kind },
                cancellationToken
            );

    public async ValueTask<int> CountOfOrganizationAsync(
        ScimResourceType type,
        string organizationId,
        CancellationToken cancellationToken
    ) =>
        (int)
            await database.ScalarAsync<long>(
                "SELECT COUNT(*) FROM scim_resources WHERE organization_id = @organizationId AND kind = @Kind",
                new { organizationId, type.Kind },
                cancellationToken
            );

    public async ValueTask<IReadOnlyList<string>> ListMembersAsync(
        string groupId,
        CancellationToken cancellationToken
    ) =>
        await database.QueryAsync<string>(
            "SELECT user_id FROM scim_members WHERE group_id = @groupId ORDER BY user_id",
            new { groupId },
            cancellationToken
        );

    public Statement Insert(ScimResource resource) =>
        Table.Insert(Row.Create(resource)).Unique(ScimErrors.Unique.Refuse());

    /// <summary>Writes version n + 1 over version n.</summary>
    public Statement Update(ScimResource resource) =>
        Table
            .Update(Row.Create(resource), "id = @Id AND version = @Version - 1")
            .ExpectingOne(ScimErrors.Changed.Refuse())
            .Unique(ScimErrors.Unique.Refuse());

    /// <summary>Deletes this version, with its memberships.</summary>
    public IReadOnlyList<Statement> Delete(ScimResource resource, DateTimeOffset now)
    {
        var parameters = new
        {
            resource.Id,
            Version = (long)resource.Version,
            Now = now.ToStore(),
        };
        return
        [
            new Statement(
                "UPDATE scim_resources SET version = version + 1, updated_at_ms = @Now "
                    + "WHERE id IN (SELECT group_id FROM scim_members WHERE user_id = @Id)",
                parameters
            ),
            new Statement("DELETE FROM scim_members WHERE group_id = @Id OR user_id = @Id", parameters),
            new Statement("DELETE FROM scim_resources WHERE id = @Id AND version = @Version", parameters).ExpectingOne(
                ScimErrors.Changed.Refuse()
            ),
        ];
    }

    /// <summary>The changes of a group's members; refused unless each added one is a user of the directory.</summary>
    public static IReadOnlyList<Statement> ChangeMembers(
        ScimResource group,
        IReadOnlyCollection<string> added,
        IReadOnlyCollection<string> removed
    )
    {
        var removals = removed
            .Chunk(IdLists.MaxIdsAtOnce)
            .Select(some => new Statement(RemoveMembers, CreateParameters(group, some)));
        var additions = added
            .Chunk(IdLists.MaxIdsAtOnce)
            .Select(some => new Statement(AddMembers, CreateParameters(group, some))
            {
                ExpectedRows = some.Length,
                MismatchRefusal = ScimErrors.Value.Refuse("members: each value is the id of a user of this directory."),
            });
        return [.. removals, .. additions];
    }

    /// <summary>The form in which names are compared without regard to case.</summary>
    public static string ToKey(string name) => name.ToLowerInvariant();

    private static object CreateParameters(ScimResource group, string[] ids) =>
        new
        {
            GroupId = group.Id,
            group.IssuerId,
            Ids = string.Concat(ids),
            Count = (long)ids.Length,
        };

    private static ScimResource[] Convert(ScimResourceType type, List<Row> rows) =>
        [.. rows.Select(row => row.ToResource(type))];

    internal sealed record Row
    {
        public long Ordinal { get; init; }

        [InsertOnly]
        public required string Id { get; init; }

        [InsertOnly]
        public required string OrganizationId { get; init; }

        [InsertOnly]
        public required string IssuerId { get; init; }

        [InsertOnly]
        public required string Kind { get; init; }

        public string? UserNameKey { get; init; }

        public string? DisplayNameKey { get; init; }

        public string? ExternalId { get; init; }

        public string? Subject { get; init; }

        public required string Content { get; init; }

        public required long Version { get; init; }

        [InsertOnly]
        public long CreatedAtMs { get; init; }

        public long UpdatedAtMs { get; init; }

        public static Row Create(ScimResource resource)
        {
            var stored = resource.Attributes;
            if (stored.ContainsKey(ScimResourceType.MembersName))
            {
                stored = stored.DeepClone().AsObject();
                stored.Remove(ScimResourceType.MembersName);
            }

            return new Row
            {
                Id = resource.Id,
                OrganizationId = resource.OrganizationId,
                IssuerId = resource.IssuerId,
                Kind = resource.Type.Kind,
                UserNameKey = resource.UserName is { } userName ? ToKey(userName) : null,
                DisplayNameKey = resource.DisplayName is { } name ? ToKey(name) : null,
                ExternalId = resource.ExternalId,
                Subject = resource.Subject,
                Content = stored.ToJsonString(),
                Version = resource.Version,
                CreatedAtMs = resource.CreatedAt.ToStore(),
                UpdatedAtMs = resource.UpdatedAt.ToStore(),
            };
        }

        public ScimResource ToResource(ScimResourceType type) =>
            new()
            {
                Type = type,
                Id = Id,
                OrganizationId = OrganizationId,
                IssuerId = IssuerId,
                Attributes = JsonNode.Parse(Content)!.AsObject(),
                Subject = Subject,
                Version = (int)Version,
                CreatedAt = Instants.FromStore(CreatedAtMs),
                UpdatedAt = Instants.FromStore(UpdatedAtMs),
            };
    }
}
