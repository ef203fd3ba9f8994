using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation;

/// <summary>The reads and writes that issuers and service accounts have in common.</summary>
/// <param name="toRecord">Makes the record of a row.</param>
internal abstract class StampedStore<TRow, TRecord>(
    Database database,
    Columns<TRow> columns,
    Func<TRow, TRecord> toRecord
)
    where TRow : StampColumns
    where TRecord : class
{
    /// <summary>Null when unknown or of another organization; archived records are found.</summary>
    public async ValueTask<TRecord?> FindAsync(string organizationId, string id, CancellationToken cancellationToken)
    {
        var rows = await QueryAsync(
            " WHERE organization_id = @organizationId AND id = @id",
            new { organizationId, id },
            cancellationToken
        );
        return rows.Count == 0 ? null : rows[0].Value;
    }

    /// <summary>Newest first, at most <see cref="PageRequest.Count"/>, with their ordinals.</summary>
    public ValueTask<IReadOnlyList<Numbered<TRecord>>> ListAsync(
        string organizationId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            " WHERE organization_id = @organizationId AND ordinal < @Before "
                + "AND (@Archived = 1 OR archived_at_ms IS NULL) ORDER BY ordinal DESC LIMIT @Count",
            new
            {
                organizationId,
                page.Before,
                page.Archived,
                page.Count,
            },
            cancellationToken
        );

    /// <summary>The records of all organizations, archived ones included.</summary>
    public async ValueTask<IReadOnlyList<TRecord>> AllAsync(CancellationToken cancellationToken) =>
        [.. (await QueryAsync("", null, cancellationToken)).Select(row => row.Value)];

    /// <summary>Returns the existing records with these ids, in any order, archived ones included.</summary>
    public ValueTask<IReadOnlyList<TRecord>> FindManyAsync(
        IReadOnlyList<string> ids,
        CancellationToken cancellationToken
    ) =>
        IdLists.ReadAsync(
            ids,
            async some =>
                (await QueryAsync(" WHERE " + database.AnyOf("id", "@some"), new { some }, cancellationToken)).Select(
                    row => row.Value
                )
        );

    protected async ValueTask<IReadOnlyList<Numbered<TRecord>>> QueryAsync(
        string condition,
        object? parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<TRow>(columns.Select + condition, parameters, cancellationToken);
        return [.. rows.Select(row => new Numbered<TRecord>(row.Ordinal, toRecord(row)))];
    }

    /// <summary>Writes version n + 1 over version n of a live record.</summary>
    protected Statement UpdateLive(TRow row) =>
        columns.Update(row, StampColumns.PreviousIsLive).ExpectingOne(FederationErrors.Changed.Refuse());
}
