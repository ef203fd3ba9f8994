using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Search;

internal sealed class SearchStore(Database database)
{
    /// <summary>
    /// How many of the newest rows of a kind are searched by name, so that a request reads a bounded number.
    /// </summary>
    internal int MaxSearched { get; init; } = 10_000;

    public ValueTask<List<SearchHit>> FindByIdAsync(
        SearchKind kind,
        SearchQuery query,
        CancellationToken cancellationToken
    ) => ReadAsync(kind, kind.ById, query, cancellationToken);

    public ValueTask<List<SearchHit>> FindByFingerprintAsync(
        SearchKind kind,
        SearchQuery query,
        CancellationToken cancellationToken
    ) => ReadAsync(kind, kind.ByFingerprint, query, cancellationToken);

    public ValueTask<List<SearchHit>> FindByNameAsync(
        SearchKind kind,
        SearchQuery query,
        CancellationToken cancellationToken
    ) => ReadAsync(kind, kind.ByName, query, cancellationToken);

    private async ValueTask<List<SearchHit>> ReadAsync(
        SearchKind kind,
        string sql,
        SearchQuery query,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(
            sql,
            new
            {
                query.Caller.OrganizationId,
                query.Caller.WorkspaceId,
                query.Text,
                query.Hex,
                query.Pattern,
                Searched = (long)MaxSearched,
                Count = (long)query.Count,
            },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new SearchHit(
                Type: kind.Type,
                Id: row.Id,
                Name: row.Name,
                Detail: row.Detail,
                TunnelId: row.TunnelId,
                IsArchived: row.ArchivedAtMs is not null
            )),
        ];
    }

    private sealed record Row
    {
        public required string Id { get; init; }

        public string? Name { get; init; }

        public string? Detail { get; init; }

        public string? TunnelId { get; init; }

        public long? ArchivedAtMs { get; init; }
    }
}
