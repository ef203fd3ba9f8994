using System.Data.Common;
using Dapper;

namespace Culvert.Identity.Service.Storage;

/// <summary>The store's database. All callers may read; all writes go through the <see cref="Journal"/>.</summary>
internal abstract class Database : IDisposable
{
    /// <summary>The timeout of commands whose duration depends on the size of a table.</summary>
    public const int NoTimeout = 0;

    // The column created_at_ms is read into the property CreatedAtMs.
    static Database() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>The file whose disk may fill; null = the database is somewhere else.</summary>
    public abstract string? File { get; }

    /// <summary>Whether other nodes may write to it as well.</summary>
    public abstract bool IsShared { get; }

    /// <summary>A pooled read-only connection. Readers see the last commit and never block the writer.</summary>
    public abstract ValueTask<DbConnection> OpenReadAsync(CancellationToken cancellationToken);

    /// <summary>The rows of one query. Callers with several queries on one connection open it themselves.</summary>
    public async ValueTask<List<T>> QueryAsync<T>(
        string sql,
        object? parameters,
        CancellationToken cancellationToken
    ) => (await ReadAsync(sql, parameters, (one, query) => one.QueryAsync<T>(query), cancellationToken)).AsList();

    public ValueTask<List<T>> QueryAsync<T>(string sql, CancellationToken cancellationToken) =>
        QueryAsync<T>(sql, parameters: null, cancellationToken);

    /// <summary>The only row; throws unless there is exactly one.</summary>
    public ValueTask<T> SingleAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        ReadAsync(sql, parameters, (one, query) => one.QuerySingleAsync<T>(query), cancellationToken);

    public ValueTask<T> SingleAsync<T>(string sql, CancellationToken cancellationToken) =>
        SingleAsync<T>(sql, parameters: null, cancellationToken);

    /// <summary>The only row or the default; throws if there are several.</summary>
    public ValueTask<T?> SingleOrDefaultAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        ReadAsync(sql, parameters, (one, query) => one.QuerySingleOrDefaultAsync<T>(query), cancellationToken);

    public ValueTask<T?> SingleOrDefaultAsync<T>(string sql, CancellationToken cancellationToken) =>
        SingleOrDefaultAsync<T>(sql, parameters: null, cancellationToken);

    public ValueTask<T?> FirstOrDefaultAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        ReadAsync(sql, parameters, (one, query) => one.QueryFirstOrDefaultAsync<T>(query), cancellationToken);

    /// <summary>The first column of the first row, or the default.</summary>
    public ValueTask<T?> ScalarAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        ReadAsync(sql, parameters, (one, query) => one.ExecuteScalarAsync<T>(query), cancellationToken);

    public ValueTask<T?> ScalarAsync<T>(string sql, CancellationToken cancellationToken) =>
        ScalarAsync<T>(sql, parameters: null, cancellationToken);

    private async ValueTask<T> ReadAsync<T>(
        string sql,
        object? parameters,
        Func<DbConnection, CommandDefinition, Task<T>> read,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await OpenReadAsync(cancellationToken);
        return await read(connection, new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    public abstract void RequireInstallation();

    /// <summary>Blocks other nodes' start-up work until that write connection is closed.</summary>
    public abstract void Exclude(DbConnection connection);

    /// <summary>
    /// The names of the nodes that run on this database now; the lock of a database file excludes other nodes.
    /// </summary>
    public virtual IReadOnlyList<string> RunningNodes(DbConnection connection) => [];

    /// <summary>Only for migrations and for creating a store.</summary>
    public abstract DbConnection OpenWrite();

    /// <summary>
    /// Reserves disk space for the next <see cref="OpenWrite"/>, which needs some to open. Cheap if it is already reserved;
    /// a full disk is not an error here.
    /// </summary>
    public virtual void ReserveHeadroom() { }

    /// <summary>Changes the schema in one transaction, without blocking writers for long.</summary>
    public virtual void ChangeSchema(DbConnection connection, Action<DbTransaction> change)
    {
        using var transaction = connection.BeginTransaction();
        change(transaction);
        transaction.Commit();
    }

    /// <summary>Creates or drops an index unless that is done; outside of a transaction.</summary>
    public virtual void ChangeIndex(DbConnection connection, IndexChange change) =>
        connection.Execute(change.ToSql(), commandTimeout: NoTimeout);

    public abstract JournalSession OpenSession(StoreNode node, Ordinals ordinals);

    /// <summary><c>column IN (values)</c> for a list parameter, which portable SQL cannot express.</summary>
    /// <param name="parameter">Including the @.</param>
    public abstract string AnyOf(string column, string parameter);

    /// <summary>
    /// The statement that begins a transaction which reads one snapshot, without blocking other connections, until the
    /// connection is closed.
    /// </summary>
    public abstract string BeginSnapshot { get; }

    /// <summary>Every table of the installation except that of migrations, and the tables that each refers to.</summary>
    public abstract IReadOnlyList<(BackupTable Table, IReadOnlyList<string> RefersTo)> DescribeTables(
        DbConnection connection
    );

    /// <summary>A portable migration in this database's dialect.</summary>
    public abstract string Translate(string migration);

    public abstract void Dispose();
}
