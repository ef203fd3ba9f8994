using System.Reflection;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Culvert.Identity.Service.Storage.Sqlite;

/// <summary>
/// A statement of the writer, prepared once and run with SQLite's own API. ADO.NET looks up every parameter by name and
/// creates a reader per run, which takes twice as long as the insertion itself.
/// </summary>
internal sealed class PreparedStatement : IDisposable
{
    private const int StackBytes = 512;

    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;
    private readonly bool isQuery;

    // The getters of the bound type's properties, in the order of the statement's parameters.
    private Type? bound;
    private MethodInvoker[]? getters;

    /// <exception cref="SqliteException">The text is not a valid statement of this database.</exception>
    public PreparedStatement(SqliteConnection connection, string sql)
    {
        database = connection.Handle!;
        Require(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out statement));
        isQuery = raw.sqlite3_column_count(statement) > 0;
    }

    public void Bind(int place, long? value) =>
        Require(
            value is { } number
                ? raw.sqlite3_bind_int64(statement, place, number)
                : raw.sqlite3_bind_null(statement, place)
        );

    public void Bind(int place, string? value)
    {
        if (value is null)
        {
            Require(raw.sqlite3_bind_null(statement, place));
            return;
        }

        if (value.Length == 0)
        {
            // An empty span has a null pointer, which SQLite would store as NULL; this overload adds a terminator.
            Require(raw.sqlite3_bind_text(statement, place, value));
            return;
        }

        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        var octets = most <= StackBytes ? stackalloc byte[StackBytes] : new byte[most];
        Require(raw.sqlite3_bind_text(statement, place, octets[..Encoding.UTF8.GetBytes(value, octets)]));
    }

    public void Bind(int place, byte[]? value)
    {
        if (value is null)
        {
            Require(raw.sqlite3_bind_null(statement, place));
            return;
        }

        Bind(place, value.AsSpan());
    }

    public void Bind(int place, ReadOnlySpan<byte> value) =>
        Require(
            // An empty span would be stored as NULL, as with text.
            value.IsEmpty
                ? raw.sqlite3_bind_zeroblob(statement, place, 0)
                : raw.sqlite3_bind_blob(statement, place, value)
        );

    public void Bind(object? parameters)
    {
        var type = parameters?.GetType();
        if (getters is null || bound != type)
        {
            getters = Find(type);
            bound = type;
        }

        for (var i = 0; i < getters.Length; i++)
        {
            Bind(i + 1, getters[i].Invoke(parameters));
        }
    }

    public int Execute()
    {
        try
        {
            var found = 0;
            int result;
            while ((result = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            {
                found++;
            }

            if (result != raw.SQLITE_DONE)
            {
                Require(result);
            }

            return isQuery ? found : raw.sqlite3_changes(database);
        }
        finally
        {
            // It returns the error of the last step again.
            _ = raw.sqlite3_reset(statement);
        }
    }

    public void Dispose() => statement.Dispose();

    private MethodInvoker[] Find(Type? type)
    {
        var found = new MethodInvoker[raw.sqlite3_bind_parameter_count(statement)];
        for (var i = 0; i < found.Length; i++)
        {
            var name = raw.sqlite3_bind_parameter_name(statement, i + 1).utf8_to_string()[1..];
            found[i] = StatementParameter.Find(type, name).Getter;
        }

        return found;
    }

    private void Bind(int place, object? value)
    {
        switch (value)
        {
            case null:
                Require(raw.sqlite3_bind_null(statement, place));
                break;
            case string text:
                Bind(place, text);
                break;
            case long number:
                Bind(place, (long?)number);
                break;
            case int number:
                Bind(place, (long?)number);
                break;
            case byte[] octets:
                Bind(place, octets);
                break;
            default:
                // Booleans are stored as 0 and 1, as in every database.
                throw new ArgumentException($"A statement's parameter cannot be a {value.GetType().Name}.");
        }
    }

    private void Require(int result) => SqliteException.ThrowExceptionForRC(result, database);
}
