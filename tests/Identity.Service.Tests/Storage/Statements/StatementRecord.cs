using System.Collections.Concurrent;
using System.Diagnostics;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sqlite;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Storage.Statements;

[assembly: AssemblyFixture(typeof(StatementRecord))]

namespace Culvert.Identity.Service.Tests.Storage.Statements;

/// <summary>
/// Which statements of the service ran on which database, and in which tests. Written at the end of a run into
/// the folder CULVERT_TEST_SQL, if that is set: <c>./test --all</c> fails when a statement ran on SQLite alone
/// (tests/Stage/Shell/statements.mjs).
/// </summary>
/// <remarks>
/// It is read from the databases' own traces, so the service has nothing for it: SQLite calls back with the text of each
/// statement that it runs, and the driver of PostgreSQL tells its listeners the text of each command.
/// </remarks>
public sealed class StatementRecord : IDisposable
{
    private readonly string? folder = Environment.GetEnvironmentVariable("CULVERT_TEST_SQL");
    private readonly RanStatements sqlite = new();
    private readonly RanStatements postgres = new();
    private readonly ActivityListener? listener;

    // By the text as the database is given it: the statements in it that are to be recorded.
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> texts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> commands = new(StringComparer.Ordinal);

    public StatementRecord()
    {
        if (folder is null)
        {
            return;
        }

        SqliteTrace.Start(RanOnSqlite);
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = RanOnPostgres,
        };
        ActivitySource.AddActivityListener(listener);
    }

    public void Dispose()
    {
        if (folder is null)
        {
            return;
        }

        listener!.Dispose();
        Directory.CreateDirectory(folder);
        File.WriteAllLines(
            Path.Combine(folder, $"{StorageBackends.Default}-{Environment.ProcessId}.tsv".ToLowerInvariant()),
            [.. sqlite.Lines("sqlite"), .. postgres.Lines("postgres")]
        );
    }

    private void RanOnSqlite(string file, string sql)
    {
        if (!texts.TryGetValue(sql, out var statements))
        {
            var caller = FindCaller();
            if (caller == Caller.Test)
            {
                return; // The service may run the same text later.
            }

            statements = caller == Caller.Engine ? [] : [.. PortableStatement.Of(sql)];
            texts[sql] = statements;
        }

        sqlite.Add(file, statements);
    }

    private void RanOnPostgres(Activity activity)
    {
        if (activity.Status != ActivityStatusCode.Error && activity.GetTagItem("db.query.text") is string sql)
        {
            postgres.Add(
                activity.GetTagItem("db.namespace") as string ?? "",
                commands.GetOrAdd(sql, static sql => [.. PortableStatement.OfCommand(sql)])
            );
        }
    }

    // Whose statement runs: that of the first method on the stack that does not merely pass statements on. A decision's
    // statements count as the service's, even if a test made the decision: the journal's thread runs them.
    private static Caller FindCaller()
    {
        foreach (var frame in new StackTrace(fNeedFileInfo: false).GetFrames())
        {
            if (frame.GetMethod() is not { DeclaringType: { } type } method)
            {
                continue;
            }

            while (type.DeclaringType is { } outer)
            {
                type = outer;
            }

            if (
                type.Namespace == typeof(StatementRecord).Namespace
                || type == typeof(PreparedStatement)
                || type == typeof(Database)
            )
            {
                continue;
            }

            if (type == typeof(PreparedStatements) || (type == typeof(SqliteSession) && method.Name == "Change"))
            {
                return Caller.Service;
            }

            if (type.Assembly == typeof(StatementRecord).Assembly)
            {
                return Caller.Test;
            }

            if (type.Assembly == typeof(Database).Assembly)
            {
                return type.Namespace == typeof(SqliteSession).Namespace ? Caller.Engine : Caller.Service;
            }
        }

        return Caller.Service;
    }

    private enum Caller
    {
        /// <summary>A store: the statement is meant for every database.</summary>
        Service,

        /// <summary>What the service has for SQLite alone.</summary>
        Engine,

        /// <summary>A test that looks into the database.</summary>
        Test,
    }
}
