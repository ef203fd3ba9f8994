using System.Data.Common;
using Dapper;

namespace Culvert.Identity.Service.Storage;

/// <summary>Records when the latest backup was made, for monitoring.</summary>
internal sealed class BackupRuns(Database database)
{
    public async ValueTask<DateTimeOffset?> FindLastAsync(CancellationToken cancellationToken) =>
        Instants.FromStore(
            await database.ScalarAsync<long?>("SELECT MAX(made_at_ms) FROM backup_runs", cancellationToken)
        );

    /// <summary>The time of the latest backup, or of the installation's creation if there is none.</summary>
    public async ValueTask<DateTimeOffset> FindLastOrBeginningAsync(CancellationToken cancellationToken) =>
        Instants.FromStore(
            await database.SingleAsync<long>(
                "SELECT COALESCE((SELECT MAX(made_at_ms) FROM backup_runs), created_at_ms) FROM installation",
                cancellationToken
            )
        );

    /// <summary>
    /// Records a backup, also while nodes run. The row is not part of an audit chain: a backup changes nothing that a
    /// restore would have to repeat.
    /// </summary>
    /// <exception cref="DbException">The row cannot be written, or the database lacks the migration.</exception>
    public static void Record(StoreSettings settings, DateTimeOffset madeAt)
    {
        using var database = Store.CreateDatabase(settings);
        using var connection = database.OpenWrite();
        connection.Execute(
            "INSERT INTO backup_runs (id, made_at_ms) VALUES (1, @at) ON CONFLICT (id) DO UPDATE SET made_at_ms = "
                + "excluded.made_at_ms WHERE excluded.made_at_ms > backup_runs.made_at_ms",
            new { at = madeAt.ToStore() }
        );
    }
}
