using System.Data.Common;
using System.Text;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Storage.Sqlite;
using Culvert.Platform.Secrets;
using Dapper;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// The open store: the database, the permanent settings of init, and the sealer, whose key is verified. Created once per
/// process, before anything else.
/// </summary>
internal sealed class Store : IDisposable
{
    private const string Canary = "culvert sealing canary";

    private Store(Database database, StoreNode node, Installation installation, Sealer sealer)
    {
        Database = database;
        Node = node;
        Installation = installation;
        Sealer = sealer;
    }

    public Database Database { get; }

    public StoreNode Node { get; }

    public Installation Installation { get; }

    public Sealer Sealer { get; }

    /// <summary>
    /// Opens an initialised store. Throws <see cref="StoreException"/> if it is absent, needs migrations that the options do
    /// not allow, was initialised under another name, or if the sealing key does not open its canary.
    /// </summary>
    /// <param name="migrator">The migrations of the opening version; null = of this one.</param>
    public static Store Open(StoreSettings options, ILogger logger, Migrator? migrator = null)
    {
        migrator ??= Migrator.Current;
        var database = CreateDatabase(options);
        try
        {
            database.RequireInstallation();
            using var connection = database.OpenWrite();
            // Nodes migrate and register one at a time; the others wait here.
            database.Exclude(connection);
            var pending = migrator.Pending(connection);
            if (pending.Count > 0 && !options.Storage.ApplyMigrations)
            {
                throw migrator.Refusal(pending);
            }

            RequireAlone(
                database,
                connection,
                pending,
                NodeRegister.OfGeneration(connection, options.EffectiveNodeName)
            );
            Apply(database, connection, pending, logger);
            if (migrator.Newer(connection) is { Count: > 0 } newer)
            {
                Log.SchemaNewer(logger, string.Join(' ', newer));
            }

            var (installation, sealer) = ReadInstallation(connection, options);
            database.ReserveHeadroom();
            return new Store(database, NodeRegister.Enter(connection, options), installation, sealer);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens the store for a command on the host, also while the service runs. The command has its own chain, because the
    /// node's belongs to the service. A user who has the sealing key and the database is authorized. Only one such command
    /// runs at a time. Throws as <see cref="Open"/>.
    /// </summary>
    public static Store OpenBeside(StoreSettings options)
    {
        if (
            options.SealingKey.File is { } key
            && File.Exists(key)
            && PosixFile.GetOwnerThroughLinks(key) is var owner
            && owner != PosixFile.Self
        )
        {
            // Another user would also leave database files that the service cannot open.
            throw new StoreException(
                $"The sealing key {key} belongs to user {owner}: run this command as that user (sudo -u '#{owner}' …)."
            );
        }

        var database = CreateDatabase(options);
        try
        {
            database.RequireInstallation();
            using var connection = database.OpenWrite();
            database.Exclude(connection);
            if (Migrator.Current.Pending(connection) is { Count: > 0 } pending)
            {
                throw Migrator.Current.Refusal(pending);
            }

            var (installation, sealer) = ReadInstallation(connection, options);
            return new Store(database, NodeRegister.EnterHost(connection), installation, sealer);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Throws <see cref="SchemaException"/> if a node of this version would not start on the database, assuming that the
    /// node's current process stops. Takes no lock and writes nothing: nodes may be running.
    /// </summary>
    /// <param name="migrator">The migrations of the version to start; null = of this one.</param>
    public static void RequireStartable(StoreSettings options, Migrator? migrator = null)
    {
        migrator ??= Migrator.Current;
        using var database = CreateDatabase(options);
        database.RequireInstallation();
        using var connection = database.OpenWrite();
        var pending = migrator.Unapplied(connection);
        if (pending.Count > 0 && !options.Storage.ApplyMigrations)
        {
            throw migrator.Refusal(pending);
        }

        RequireAlone(database, connection, pending, NodeRegister.OfGeneration(connection, options.EffectiveNodeName));
    }

    /// <summary>
    /// Applies this version's pending migrations regardless of <c>storage.migrate</c> and returns their names in order.
    /// Nodes may run on a database server meanwhile if the migrations only add to the schema. Throws as <see cref="Open"/>.
    /// </summary>
    /// <param name="isPlan">Only returns the pending migrations: takes no lock, writes nothing.</param>
    /// <param name="migrator">The migrations of the version that applies them; null = of this one.</param>
    public static IReadOnlyList<string> Migrate(
        StoreSettings options,
        bool isPlan,
        ILogger logger,
        Migrator? migrator = null
    )
    {
        using var database = CreateDatabase(options);
        database.RequireInstallation();
        using var connection = database.OpenWrite();
        migrator ??= Migrator.Current;
        IReadOnlyList<Migration> pending;
        if (isPlan)
        {
            pending = migrator.Unapplied(connection);
        }
        else
        {
            database.Exclude(connection);
            pending = migrator.Pending(connection);
            RequireAlone(database, connection, pending, self: null);
            Apply(database, connection, pending, logger);
        }

        return [.. pending.Select(migration => migration.Name)];
    }

    /// <summary>
    /// Seals every value again with the writing version of the key (<see cref="SealRotation"/>), also while the service
    /// runs: registers no node and takes no lock. Throws as <see cref="Open"/>.
    /// </summary>
    /// <returns>The versions in use afterwards, and the writing version.</returns>
    public static (IReadOnlyList<uint> InUse, uint Writing) RotateSeals(
        StoreSettings options,
        Action<SealProgress> report,
        CancellationToken cancellationToken
    )
    {
        using var database = CreateDatabase(options);
        database.RequireInstallation();
        Sealer sealer;
        using (var connection = database.OpenWrite())
        {
            if (Migrator.Current.Pending(connection) is { Count: > 0 } pending)
            {
                throw Migrator.Current.Refusal(pending);
            }

            sealer = ProveSealing(options, connection);
        }

        return (new SealRotation(database, sealer).Run(report, cancellationToken), sealer.WritingVersion);
    }

    public static Store Fill(Database database, StoreSettings options, TimeProvider time, ILogger logger)
    {
        using var connection = database.OpenWrite();
        var pending = Migrator.Current.Pending(connection);
        Migrator.Apply(database, connection, pending);
        foreach (var migration in pending)
        {
            Log.MigrationApplied(logger, migration.Name);
        }

        var installation = new Installation(
            Identifier.New("inst"),
            options.Identity.PublicUrl,
            options.Identity.TrustDomain,
            null
        );
        var sealer = new Sealer(ReadKeys(options), installation.InstallationId);
        connection.Execute(
            "INSERT INTO installation (one, installation_id, public_url, trust_domain, created_at_ms, "
                + "sealing_canary, proven) VALUES (1, @InstallationId, @PublicUrl, @TrustDomain, @At, @Canary, 0)",
            new
            {
                installation.InstallationId,
                installation.PublicUrl,
                installation.TrustDomain,
                At = time.GetUtcNow().ToStore(),
                Canary = sealer.Seal("installation", "1", "sealing_canary", Encoding.UTF8.GetBytes(Canary)),
            }
        );
        return new Store(database, NodeRegister.Enter(connection, options), installation, sealer);
    }

    /// <summary>Fills an empty database from a backup; the store owns it. Throws as <see cref="Open"/>.</summary>
    /// <param name="options">The public URL, trust domain and sealing key must be the backup's.</param>
    /// <param name="migrations">The schema of the backup's rows; later migrations are applied to the rows.</param>
    /// <param name="finish">Changes them in the latest schema.</param>
    public static Store Refill(
        Database database,
        StoreSettings options,
        IReadOnlyList<string> migrations,
        Action<DbConnection> load,
        Action<DbConnection> finish,
        ILogger logger
    )
    {
        using var connection = database.OpenWrite();
        var all = Migrator.Current.Pending(connection);
        Apply(database, connection, [.. all.Where(migration => migrations.Contains(migration.Name))], logger);
        load(connection);
        Apply(database, connection, Migrator.Current.Pending(connection), logger);
        finish(connection);
        var (installation, sealer) = ReadInstallation(connection, options);
        return new Store(database, NodeRegister.EnterHost(connection), installation, sealer);
    }

    public static string GetFile(StoreSettings options) => Path.Combine(options.StateDirectory, options.Storage.File);

    public void Dispose() => Database.Dispose();

    /// <summary>Verifies that the configured sealing key belongs to this store, and returns its sealer.</summary>
    /// <exception cref="StoreException">
    /// The key belongs to another store, is readable by other users, or is missing.
    /// </exception>
    internal static Sealer ProveSealing(StoreSettings options, DbConnection connection)
    {
        var id = connection.QuerySingle<string>("SELECT installation_id FROM installation");
        var sealer = new Sealer(ReadKeys(options), id);
        ProveCanary(connection, sealer);
        return sealer;
    }

    internal static Database CreateDatabase(StoreSettings options) =>
        options.Storage.Postgres is { } postgres
            ? new PostgresDatabase(postgres.ReadConnection(), postgres.MaxConnections)
            : new SqliteDatabase(GetFile(options));

    private static (Installation Installation, Sealer Sealer) ReadInstallation(
        DbConnection connection,
        StoreSettings options
    )
    {
        var installation = connection.QuerySingle<Installation>(
            "SELECT installation_id, public_url, trust_domain, restored_at_ms FROM installation"
        ) with
        {
            RetiredPrefixes = NodeRegister.ListRetiredPrefixes(connection),
        };
        RequireSame("public_url", installation.PublicUrl, options.Identity.PublicUrl);
        RequireSame("trust_domain", installation.TrustDomain, options.Identity.TrustDomain);
        var sealer = new Sealer(ReadKeys(options), installation.InstallationId);
        ProveCanary(connection, sealer);
        return (installation, sealer);
    }

    internal static SealingKeys ReadKeys(StoreSettings options)
    {
        if (options.SealingKey.File is { } file)
        {
            SealingKeyFile.RequireOwner(file);
        }

        return SealingKeys.Parse(options.SealingKey.Read());
    }

    private static void Apply(
        Database database,
        DbConnection connection,
        IReadOnlyList<Migration> pending,
        ILogger logger
    )
    {
        foreach (var migration in pending)
        {
            Migrator.Apply(database, connection, migration);
            Log.MigrationApplied(logger, migration.Name);
        }
    }

    // A migration that removes something would break the statements of running nodes.
    private static void RequireAlone(
        Database database,
        DbConnection connection,
        IReadOnlyList<Migration> pending,
        string? self
    )
    {
        if (
            pending.FirstOrDefault(migration => !migration.IsExpansion) is { } contracting
            && database.RunningNodes(connection).Where(node => node != self).ToList() is { Count: > 0 } running
        )
        {
            throw new SchemaException(
                $"{contracting.Name} cannot be applied while {string.Join(", ", running)} run: stop every node, "
                    + "apply it, start the new version. (A node that stopped without notice counts for ten seconds.)"
            );
        }
    }

    private static void RequireSame(string key, string initialised, string configured)
    {
        if (initialised != configured)
        {
            throw new StoreException(
                $"{key} is fixed by init: this store has {initialised}, the configuration has {configured}."
            );
        }
    }

    private static void ProveCanary(DbConnection connection, Sealer sealer)
    {
        var canary = connection.QuerySingle<byte[]>("SELECT sealing_canary FROM installation");
        if (Encoding.UTF8.GetString(sealer.Unseal("installation", "1", "sealing_canary", canary)) != Canary)
        {
            throw new StoreException("The sealing key does not belong to this store.");
        }
    }
}
