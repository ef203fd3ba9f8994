using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Hosting;
using Dapper;

namespace Culvert.Identity.Service.Storage.Federation;

internal sealed class IssuerKeyStore(Database database, IJournal journal, ILogger<IssuerKeyStore> logger)
    : IIssuerKeyStore
{
    public async ValueTask<IReadOnlyList<StoredKeySet>> AllAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition(
                "SELECT issuer_id AS IssuerId, source AS Source, key_set AS KeySet, fetched_at_ms AS FetchedAt "
                    + "FROM federation_issuer_keys",
                cancellationToken: cancellationToken
            )
        );
        return
        [
            .. rows.Select(row => new StoredKeySet(
                row.IssuerId,
                row.Source,
                row.KeySet,
                Instants.FromStore(row.FetchedAt)
            )),
        ];
    }

    public void Save(IssuerId issuer, string source, ReadOnlyMemory<byte> keySet, DateTimeOffset fetchedAt) =>
        _ = SaveAsync(issuer, source, keySet.ToArray(), fetchedAt);

    private async Task SaveAsync(IssuerId issuer, string source, byte[] keySet, DateTimeOffset fetchedAt)
    {
        try
        {
            await journal.CommitAsync(
                new Decision
                {
                    // Bookkeeping, no decision: nothing is granted by it.
                    Statements =
                    [
                        new Statement(
                            "INSERT INTO federation_issuer_keys (issuer_id, source, key_set, fetched_at_ms) "
                                + "VALUES (@Issuer, @Source, @KeySet, @FetchedAt) ON CONFLICT (issuer_id) DO UPDATE SET "
                                + "source = excluded.source, key_set = excluded.key_set, "
                                + "fetched_at_ms = excluded.fetched_at_ms",
                            new
                            {
                                Issuer = issuer.Value,
                                Source = source,
                                KeySet = keySet,
                                FetchedAt = fetchedAt.ToStore(),
                            }
                        ),
                    ],
                },
                CancellationToken.None
            );
        }
        catch (Exception fault)
        {
            // The root of a background task; the keys serve from memory, and the next fetch stores them again.
            Service.Federation.Log.KeysNotStored(logger, issuer.Value, fault.GetType().Name);
        }
    }

    private sealed record Row
    {
        public required string IssuerId { get; init; }

        public required string Source { get; init; }

        public required byte[] KeySet { get; init; }

        public long FetchedAt { get; init; }
    }
}
