using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Scim;

internal sealed class ScimDirectoryStore(Database database, IssuerStore issuers)
{
    private static readonly Columns<Row> Table = new("scim_directories");

    private static readonly string Upsert =
        $"{Table.InsertValues} ON CONFLICT (issuer_id) DO UPDATE SET subject_attribute = excluded.subject_attribute, "
        + "updated_at_ms = excluded.updated_at_ms, updated_by = excluded.updated_by";

    /// <summary>Null if the organization has no such issuer, or it is archived.</summary>
    public async ValueTask<ScimDirectory?> FindAsync(
        string organizationId,
        string issuerId,
        CancellationToken cancellationToken
    )
    {
        if (
            !IssuerId.TryParse(issuerId, out _)
            || await issuers.FindAsync(organizationId, issuerId, cancellationToken) is null or { IsArchived: true }
        )
        {
            return null;
        }

        var row = await database.SingleOrDefaultAsync<Row>(
            Table.Select + " WHERE issuer_id = @issuerId",
            new { issuerId },
            cancellationToken
        );
        return row is null
            ? new ScimDirectory(organizationId, issuerId, SubjectAttribute.ExternalId)
            : new ScimDirectory(organizationId, issuerId, WireNames.Parse<SubjectAttribute>(row.SubjectAttribute))
            {
                UpdatedAt = Instants.FromStore(row.UpdatedAtMs),
                UpdatedBy = row.UpdatedBy,
            };
    }

    /// <summary>Refused while the directory has users.</summary>
    public static IReadOnlyList<Statement> Save(ScimDirectory directory) =>
        [
            new Statement(
                "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM scim_resources WHERE issuer_id = @IssuerId AND kind = 'user')",
                new { directory.IssuerId }
            ).ExpectingOne(ScimErrors.InUse.Refuse()),
            new Statement(
                Upsert,
                new Row
                {
                    IssuerId = directory.IssuerId,
                    OrganizationId = directory.OrganizationId,
                    SubjectAttribute = WireNames.Get(directory.SubjectAttribute),
                    UpdatedAtMs = directory.UpdatedAt!.Value.ToStore(),
                    UpdatedBy = directory.UpdatedBy!,
                }
            ),
        ];

    internal sealed record Row
    {
        public required string IssuerId { get; init; }

        public required string OrganizationId { get; init; }

        public required string SubjectAttribute { get; init; }

        public long UpdatedAtMs { get; init; }

        public required string UpdatedBy { get; init; }
    }
}
