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
/// The opened store: database, what init fixed, and the sealer, proved to be the right one. Made once per process,
/// before anything else.
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
    /// Opens an initialised store. Throws <see cref="StoreException"/> when it is absent, needs migrations that the
    /// options do not allow, was initialised under another name, or when the sealing key does not open its canary.
    /// </summary>
    /// <param name="options">Of this node.</param>
    /// <param name="logger">Hears of the migrations.</param>
    /// <param name="migrator">The migrations of the version that opens it; null = of this one.</param>
    public static Store Open(StoreSettings options, ILogger logger, Migrator? migrator = null)
    {
        migrator ??= Migrator.Current;
        var database = CreateDatabase(options);
        try
        {
            database.RequireInstallation();
            using var connection = database.OpenWrite();
            // One node at a time migrates and registers itself; the others wait here.
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
            database.KeepHeadroom();
            return new Store(database, NodeRegister.Enter(connection, options), installation, sealer);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens the store for a command on the host, while the service may be running: with a chain of its own, since
    /// the node's belongs to the service. The caller has the sealing key and the database, which is the proof of its
    /// right. One such command at a time. Throws as <see cref="Open"/>.
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
            // As another user this would also leave files of the database behind that the service cannot open.
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
    /// Throws <see cref="SchemaException"/> when a node of this version would not start on the database, as its own
    /// earlier process stops. Takes no lock and writes nothing: nodes may be running.
    /// </summary>
    /// <param name="options">Of the node.</param>
    /// <param name="migrator">The migrations of the version that would start; null = of this one.</param>
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
    /// Applies what an initialised store lacks of this version, whatever <c>storage.migrate</c> says; in order, the names.
    /// Nodes may be running on a database server, if all of it only adds. Throws as <see cref="Open"/>.
    /// </summary>
    /// <param name="options">Of the installation.</param>
    /// <param name="isPlan">Only says what would be applied: takes no lock, writes nothing.</param>
    /// <param name="logger">Hears of the migrations.</param>
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
    /// Seals every value again with the writing version of the key (<see cref="SealRotation"/>). May run while the
    /// service runs: no node is registered, no lock taken. Throws as <see cref="Open"/>.
    /// </summary>
    /// <returns>The versions that are in use afterwards, and the one that writes.</returns>
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

    /// <summary>Fills an empty database; the store owns it.</summary>
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
    /// <param name="database">Empty.</param>
    /// <param name="options">Whose public URL, trust domain and sealing key must be the backup's.</param>
    /// <param name="migrations">Those that the backup's rows are of; the others are applied to the rows.</param>
    /// <param name="load">Puts the rows in.</param>
    /// <param name="finish">Changes them, in the newest schema.</param>
    /// <param name="logger">Hears of the migrations.</param>
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

    /// <summary>Proves that the configured sealing key is this store's, and gives what it opens with.</summary>
    /// <exception cref="StoreException">It is another store's, open to others, or missing.</exception>
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
            "SELECT installation_id AS InstallationId, public_url AS PublicUrl, trust_domain AS TrustDomain, "
                + "restored_at_ms AS RestoredAtMs FROM installation"
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

    // What takes something away would break the statements of nodes that still use it.
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
