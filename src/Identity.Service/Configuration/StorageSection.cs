using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

internal static class StorageSection
{
    public static StorageOptions Read(ConfigSection storage)
    {
        var isPostgres = storage.Choice("type", "sqlite", "sqlite", "postgres") == "postgres";
        var sqlite = storage.Section("sqlite");
        return new StorageOptions
        {
            File = sqlite.String("file", "identity.db"),
            DiskReserveBytes = sqlite.Size("disk_reserve", 256L * 1024 * 1024),
            CommitLinger = storage.Duration("commit_linger", TimeSpan.Zero, max: TimeSpan.FromMilliseconds(50)),
            Postgres = Postgres(storage.Section("postgres"), isPostgres),
            ApplyMigrations = storage.Choice("migrate", "refuse", "refuse", "apply") == "apply",
        };
    }

    private static PostgresOptions? Postgres(ConfigSection postgres, bool isUsed)
    {
        var connection = postgres.Secret("connection");
        var maxConnections = postgres.Int("max_connections", 20, 1, 1000);
        if (isUsed && connection is null)
        {
            postgres.Error(
                "connection",
                "This key is required when storage.type is postgres.",
                "Write file:/path or env:NAME of a connection string."
            );
        }

        return isUsed && connection is not null
            ? new PostgresOptions(connection.Read) { MaxConnections = maxConnections }
            : null;
    }
}
