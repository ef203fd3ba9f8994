using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed class IssuerKeyStore(Database database, IJournal journal, Sealer sealer, ILogger<IssuerKeyStore> logger)
    : IIssuerKeyStore
{
    private const string Table = "federation_issuer_key_sets";
    private const string DocumentColumn = "sealed_document";
    private const string StateColumn = "sealed_state";

    private static readonly Columns<Row> Columns = new(Table);

    private static readonly string Upsert =
        $"{Columns.InsertValues} ON CONFLICT (issuer_id) DO UPDATE SET {Columns.Assignments}";

    public ValueTask<IReadOnlyDictionary<string, StoredKeySet>> AllAsync(CancellationToken cancellationToken) =>
        ReadAsync(database, sealer, logger, cancellationToken);

    /// <summary>The same for read-only programs.</summary>
    public static async ValueTask<IReadOnlyDictionary<string, StoredKeySet>> ReadAsync(
        Database database,
        Sealer sealer,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(Columns.Select, cancellationToken);
        var sets = new Dictionary<string, StoredKeySet>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (Open(row, sealer, logger) is { } set)
            {
                sets[row.IssuerId] = set;
            }
        }

        return sets;
    }

    public async Task SaveAsync(
        IssuerId issuer,
        StoredKeySet set,
        AuditEvent? change,
        CancellationToken cancellationToken
    )
    {
        var write = new Statement(Upsert, ToRow(issuer, set));
        if (change is not null)
        {
            // Every node sees the change; the first one to store it also writes the event.
            var first = new Statement(
                Upsert + " WHERE federation_issuer_key_sets.digest <> excluded.digest",
                ToRow(issuer, set)
            ).ExpectingOne();
            var told = await journal.CommitAsync(
                new Decision { Event = change, Statements = [first] },
                cancellationToken
            );
            if (told.Outcome == CommitOutcome.Committed)
            {
                return;
            }
        }

        // Bookkeeping, not a decision: nothing is granted by it.
        await journal.CommitAsync(new Decision { Statements = [write] }, cancellationToken);
    }

    public async Task TouchAsync(IssuerId issuer, StoredKeySet set, CancellationToken cancellationToken) =>
        await journal.CommitAsync(
            new Decision
            {
                Statements =
                [
                    // Only for its own document: two nodes may have different sets for a moment during a rotation.
                    new Statement(
                        "UPDATE federation_issuer_key_sets SET sealed_state = @State "
                            + "WHERE issuer_id = @Issuer AND digest = @Digest",
                        new
                        {
                            Issuer = issuer.Value,
                            Digest = GetDigest(set),
                            State = SealState(issuer, set),
                        }
                    ),
                ],
            },
            cancellationToken
        );

    private Row ToRow(IssuerId issuer, StoredKeySet set) =>
        new()
        {
            IssuerId = issuer.Value,
            Digest = GetDigest(set),
            SealedDocument = sealer.Seal(Table, issuer.Value, DocumentColumn, set.Document.Span),
            SealedState = SealState(issuer, set),
        };

    private byte[] SealState(IssuerId issuer, StoredKeySet set) =>
        sealer.Seal(
            Table,
            issuer.Value,
            StateColumn,
            JsonSerializer.SerializeToUtf8Bytes(
                new IssuerKeyState
                {
                    Source = set.Source,
                    Digest = set.Digest,
                    FetchedAt = set.FetchedAt.ToStore(),
                    FreshFor = (long)set.FreshFor.TotalMilliseconds,
                    EntityTag = set.EntityTag,
                    Sequence = set.Sequence,
                    Proven = set.Proven,
                },
                IssuerKeyStateJson.Default.IssuerKeyState
            )
        );

    private static string GetDigest(StoredKeySet set) => $"{set.Source} {set.Digest}";

    private static StoredKeySet? Open(Row row, Sealer sealer, ILogger logger)
    {
        try
        {
            var document = sealer.Unseal(Table, row.IssuerId, DocumentColumn, row.SealedDocument);
            var state = JsonSerializer.Deserialize(
                sealer.Unseal(Table, row.IssuerId, StateColumn, row.SealedState),
                IssuerKeyStateJson.Default.IssuerKeyState
            )!;
            // Each part is unsealed separately; the digest binds them together.
            if (Convert.ToBase64String(SHA256.HashData(document)) != state.Digest)
            {
                Service.Federation.Issuers.Log.StoredKeysRefused(
                    logger,
                    row.IssuerId,
                    "document and state do not belong together"
                );
                return null;
            }

            return new StoredKeySet(
                state.Source,
                document,
                state.Digest,
                Instants.FromStore(state.FetchedAt),
                TimeSpan.FromMilliseconds(state.FreshFor),
                state.EntityTag,
                state.Sequence,
                state.Proven
            );
        }
        catch (Exception fault) when (fault is StoreException or JsonException)
        {
            Service.Federation.Issuers.Log.StoredKeysRefused(logger, row.IssuerId, fault.Message);
            return null;
        }
    }

    private sealed record Row
    {
        [InsertOnly]
        public required string IssuerId { get; init; }

        public required string Digest { get; init; }

        public required byte[] SealedDocument { get; init; }

        public required byte[] SealedState { get; init; }
    }
}
