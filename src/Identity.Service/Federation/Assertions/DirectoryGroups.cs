using System.Text.Json;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// Reads the groups that a directory provisioned by SCIM. Nothing is cached: a person who leaves a group loses what it
/// grants with the next evaluation, on every node.
/// </summary>
internal sealed class DirectoryGroups(Database database) : IDirectoryGroups
{
    private const string NameMember = "displayName";

    public async ValueTask<PersonGroups> FindAsync(IssuerId issuer, string subject, CancellationToken cancellationToken)
    {
        // One row without a group is a user who is in none.
        var rows = await database.QueryAsync<Row>(
            "SELECT g.id, g.content FROM scim_resources u "
                + "LEFT JOIN scim_members m ON m.user_id = u.id "
                + "LEFT JOIN scim_resources g ON g.id = m.group_id AND g.issuer_id = u.issuer_id "
                + "WHERE u.issuer_id = @IssuerId AND u.subject = @Subject ORDER BY g.ordinal LIMIT @Limit",
            new
            {
                IssuerId = issuer.Value,
                Subject = subject,
                Limit = PersonGroups.Max + 1,
            },
            cancellationToken
        );
        if (rows.Count == 0)
        {
            return PersonGroups.OfNoUser;
        }

        if (rows.Count > PersonGroups.Max)
        {
            return PersonGroups.TooMany;
        }

        List<string> names = [];
        List<string> ids = [];
        foreach (var (id, content) in rows)
        {
            if (id is not null && content is not null)
            {
                ids.Add(id);
                names.Add(ReadName(content));
            }
        }

        return new PersonGroups(names, ids);
    }

    private static string ReadName(string content)
    {
        using var group = JsonDocument.Parse(content);
        return group.RootElement.GetProperty(NameMember).GetString()!;
    }

    private sealed record Row(string? Id, string? Content);
}
