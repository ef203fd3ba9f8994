using Dapper;
using Npgsql;

namespace Culvert.Identity.Service.Storage.Postgres;

/// <summary>A temporary schema next to the real one, renamed at the end.</summary>
internal sealed class PostgresDraft : StoreDraft
{
    private readonly NpgsqlConnection connection;

    private PostgresDraft(NpgsqlConnection connection, Store store)
        : base(store)
    {
        this.connection = connection;
    }

    public static void RequireAbsent(PostgresOptions options)
    {
        using var database = new PostgresDatabase(options.ReadConnection(), options.MaxConnections);
        using var connection = database.OpenWrite();
        if (PostgresDatabase.HasInstallation(connection))
        {
            throw new AlreadyInitialisedException(
                $"Initialised already: the database {connection.Database} has a schema {PostgresDatabase.Schema}."
            );
        }
    }

    public static PostgresDraft Make(PostgresOptions postgres, Func<Database, Store> fill)
    {
        var database = new PostgresDatabase(
            postgres.ReadConnection(),
            postgres.MaxConnections,
            PostgresDatabase.DraftSchema
        );
        NpgsqlConnection? connection = null;
        try
        {
            connection = database.OpenWrite();
            // If two inits run at once, the second finds the first one's result.
            database.Exclude(connection);
            if (PostgresDatabase.HasInstallation(connection))
            {
                throw new AlreadyInitialisedException("Initialised already, by another init at this moment.");
            }

            connection.Execute(
                $"DROP SCHEMA IF EXISTS {PostgresDatabase.DraftSchema} CASCADE; "
                    + $"CREATE SCHEMA {PostgresDatabase.DraftSchema}"
            );
            return new PostgresDraft(connection, fill(database));
        }
        catch (Exception fault)
        {
            connection?.Dispose();
            database.Dispose();
            throw fault is PostgresException refused ? new StoreException(refused.MessageText, refused) : fault;
        }
    }

    public override void Publish()
    {
        connection.Execute($"ALTER SCHEMA {PostgresDatabase.DraftSchema} RENAME TO {PostgresDatabase.Schema}");
        Store.Dispose();
    }

    public override void Dispose()
    {
        Store.Dispose();
        try
        {
            // After Publish there is nothing to drop.
            connection.Execute($"DROP SCHEMA IF EXISTS {PostgresDatabase.DraftSchema} CASCADE");
        }
        catch (NpgsqlException)
        {
            // The next init drops it.
        }

        connection.Dispose();
    }
}
