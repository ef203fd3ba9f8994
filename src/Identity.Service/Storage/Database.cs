using System.Data.Common;
using Dapper;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Where everything is kept. Read connections are for all callers; all writes go through the <see cref="Journal"/>.
/// </summary>
internal abstract class Database : IDisposable
{
    /// <summary>Of a command that takes as long as its table is large.</summary>
    public const int NoTimeout = 0;

    /// <summary>The file whose disk may fill; null = the database is somewhere else.</summary>
    public abstract string? File { get; }

    /// <summary>Other nodes may write to it as well.</summary>
    public abstract bool IsShared { get; }

    /// <summary>A pooled connection that cannot write. Readers see the last commit and never block the writer.</summary>
    public abstract ValueTask<DbConnection> OpenReadAsync(CancellationToken cancellationToken);

    /// <summary>The rows of one query. What needs several queries over one connection opens that itself.</summary>
    public async ValueTask<List<T>> QueryAsync<T>(
        string sql,
        object? parameters,
        CancellationToken cancellationToken
    ) => (await ReadAsync(sql, parameters, (one, query) => one.QueryAsync<T>(query), cancellationToken)).AsList();

    public ValueTask<List<T>> QueryAsync<T>(string sql, CancellationToken cancellationToken) =>
        QueryAsync<T>(sql, parameters: null, cancellationToken);

    /// <summary>The only row of one query; another number of rows throws.</summary>
    public ValueTask<T> SingleAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        ReadAsync(sql, parameters, (one, query) => one.QuerySingleAsync<T>(query), cancellationToken);

    public ValueTask<T> SingleAsync<T>(string sql, CancellationToken cancellationToken) =>
        SingleAsync<T>(sql, parameters: null, cancellationToken);

    /// <summary>The only row of one query, or none; several rows throw.</summary>
    public ValueTask<T?> SingleOrDefaultAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        ReadAsync(sql, parameters, (one, query) => one.QuerySingleOrDefaultAsync<T>(query), cancellationToken);

    public ValueTask<T?> SingleOrDefaultAsync<T>(string sql, CancellationToken cancellationToken) =>
        SingleOrDefaultAsync<T>(sql, parameters: null, cancellationToken);

    /// <summary>The first row of one query, or none.</summary>
    public ValueTask<T?> FirstOrDefaultAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        ReadAsync(sql, parameters, (one, query) => one.QueryFirstOrDefaultAsync<T>(query), cancellationToken);

    /// <summary>The first column of the first row of one query, or none.</summary>
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

    /// <summary>Throws <see cref="StoreException"/> when nothing was initialised here.</summary>
    public abstract void RequireInstallation();

    /// <summary>Keeps other nodes' start-up work out until that write connection is closed.</summary>
    public abstract void Exclude(DbConnection connection);

    /// <summary>Names of the nodes that run on this database now; those of a file are kept out by its lock.</summary>
    public virtual IReadOnlyList<string> RunningNodes(DbConnection connection) => [];

    /// <summary>For migrations and the making of a store alone.</summary>
    public abstract DbConnection OpenWrite();

    /// <summary>
    /// Keeps a little disk space aside for the next <see cref="OpenWrite"/>, where opening itself takes some. Cheap when
    /// that is done already; a disk without room for it is not a failure.
    /// </summary>
    public virtual void KeepHeadroom() { }

    /// <summary>Changes the schema in one transaction; those who write meanwhile do not wait long for it.</summary>
    public virtual void ChangeSchema(DbConnection connection, Action<DbTransaction> change)
    {
        using var transaction = connection.BeginTransaction();
        change(transaction);
        transaction.Commit();
    }

    /// <summary>Makes or drops an index, unless that is done; in no transaction.</summary>
    public virtual void ChangeIndex(DbConnection connection, IndexChange change) =>
        connection.Execute(change.ToSql(), commandTimeout: NoTimeout);

    /// <summary>The journal's own connection, as that node's writer.</summary>
    public abstract JournalSession OpenSession(StoreNode node, Ordinals ordinals);

    /// <summary>
    /// <c>column IN (values)</c> over a list parameter: how a list is passed is the one thing that queries cannot say
    /// portably.
    /// </summary>
    /// <param name="parameter">With its @.</param>
    public abstract string AnyOf(string column, string parameter);

    /// <summary>
    /// The statement that begins a transaction that sees one moment and blocks no other connection, until the
    /// connection is closed.
    /// </summary>
    public abstract string BeginSnapshot { get; }

    /// <summary>Every table of the installation but that of migrations, and which tables each refers to.</summary>
    public abstract IReadOnlyList<(BackupTable Table, IReadOnlyList<string> RefersTo)> DescribeTables(
        DbConnection connection
    );

    /// <summary>A portable migration as this database wants it.</summary>
    public abstract string Translate(string migration);

    public abstract void Dispose();
}
