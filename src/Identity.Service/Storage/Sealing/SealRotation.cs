using System.Data.Common;
using Dapper;

namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>
/// Seals every stored value again with the writing version of the key. The values themselves name their version, so an
/// interrupted run is simply repeated; a value is replaced only if it is unchanged since the read, so the service may run
/// meanwhile.
/// </summary>
/// <remarks>
/// Does not use the journal: there is no decision and no visible change, and the journal belongs to the running service.
/// </remarks>
internal sealed class SealRotation(Database database, Sealer sealer)
{
    /// <summary>Rows per transaction: few enough not to delay the service.</summary>
    public const int BatchSize = 100;

    /// <summary>Reports each completed column, then returns the versions that values are still sealed with.</summary>
    /// <exception cref="StoreException">A value does not open; earlier values stay resealed.</exception>
    public IReadOnlyList<uint> Run(Action<SealProgress> report, CancellationToken cancellationToken)
    {
        using var connection = database.OpenWrite();
        foreach (var column in SealedColumn.All)
        {
            report(Rotate(connection, column, cancellationToken));
        }

        return VersionsIn(connection, cancellationToken);
    }

    private SealProgress Rotate(DbConnection connection, SealedColumn column, CancellationToken cancellationToken)
    {
        var progress = new SealProgress(column, 0, 0, 0);
        foreach (var batch in Batches(connection, column, cancellationToken))
        {
            using var transaction = connection.BeginTransaction();
            foreach (var row in batch)
            {
                progress = Reseal(connection, transaction, column, row, progress);
            }

            transaction.Commit();
        }

        return progress;
    }

    private SealProgress Reseal(
        DbConnection connection,
        DbTransaction transaction,
        SealedColumn column,
        Row row,
        SealProgress progress
    )
    {
        if (Sealer.ReadVersion(row.Value) == sealer.WritingVersion)
        {
            return progress with { Current = progress.Current + 1 };
        }

        var plaintext = sealer.Unseal(column.Table, row.Id, column.Column, row.Value);
        try
        {
            var changed = connection.Execute(
                $"UPDATE {column.Table} SET {column.Column} = @next WHERE CAST({column.Key} AS TEXT) = @id "
                    + $"AND {column.Column} = @previous",
                new
                {
                    next = sealer.Seal(column.Table, row.Id, column.Column, plaintext),
                    id = row.Id,
                    previous = row.Value,
                },
                transaction
            );
            return changed == 1
                ? progress with
                {
                    Resealed = progress.Resealed + 1,
                }
                : progress with
                {
                    Changed = progress.Changed + 1,
                };
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    private static List<uint> VersionsIn(DbConnection connection, CancellationToken cancellationToken)
    {
        var versions = new SortedSet<uint>();
        foreach (var column in SealedColumn.All)
        {
            foreach (var batch in Batches(connection, column, cancellationToken))
            {
                versions.UnionWith(batch.Select(row => Sealer.ReadVersion(row.Value)));
            }
        }

        return [.. versions];
    }

    private static IEnumerable<List<Row>> Batches(
        DbConnection connection,
        SealedColumn column,
        CancellationToken cancellationToken
    )
    {
        var after = "";
        List<Row> batch;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch = connection
                .Query<Row>(
                    $"SELECT CAST({column.Key} AS TEXT) AS Id, {column.Column} AS Value FROM {column.Table} "
                        + $"WHERE {column.Column} IS NOT NULL AND CAST({column.Key} AS TEXT) > @after "
                        + "ORDER BY 1 LIMIT @BatchSize",
                    new { after, BatchSize }
                )
                .AsList();
            if (batch.Count > 0)
            {
                after = batch[^1].Id;
                yield return batch;
            }
        } while (batch.Count == BatchSize);
    }

    private sealed record Row
    {
        public required string Id { get; init; }

        public required byte[] Value { get; init; }
    }
}
