using System.Runtime.InteropServices;
using System.Text;

namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

internal sealed unsafe class SqliteStatement(nint handle) : IDisposable
{
    private const int PlaceBytes = 4096;

    private byte[] buffer = [];

    // Where bound texts are until the statement has run: SQLite copies a text that is elsewhere.
    private byte* place;
    private int used;

    public bool IsExplanation => SqliteApi.sqlite3_stmt_isexplain(handle) != 0;

    public int ColumnCount => SqliteApi.sqlite3_column_count(handle);

    public int ParameterCount => SqliteApi.sqlite3_bind_parameter_count(handle);

    public string GetColumnName(int index) => SqliteDatabase.Text(SqliteApi.sqlite3_column_name(handle, index));

    /// <summary>The name with its first character; empty for a parameter without one. The first index is 1.</summary>
    public string GetParameterName(int index) =>
        SqliteDatabase.Text(SqliteApi.sqlite3_bind_parameter_name(handle, index));

    /// <summary>Returns SQLite's result code: <see cref="SqliteApi.Row"/>, <see cref="SqliteApi.Done"/> or an error.</summary>
    public int Step() => SqliteApi.sqlite3_step(handle);

    /// <summary>After it, every parameter has to be bound again.</summary>
    public void Reset()
    {
        _ = SqliteApi.sqlite3_reset(handle);
        used = 0;
    }

    /// <summary>Returns SQLite's result code. The first index is 1.</summary>
    public int Bind(int index, in SqlValue value)
    {
        switch (value.Kind)
        {
            case SqlKind.Integer:
                return SqliteApi.sqlite3_bind_int64(handle, index, value.Integer);
            case SqlKind.Real:
                return SqliteApi.sqlite3_bind_double(handle, index, value.Real);
            case SqlKind.Text:
                return Bind(index, value.Text!);
            default:
                return SqliteApi.sqlite3_bind_null(handle, index);
        }
    }

    private int Bind(int index, string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most <= PlaceBytes - used)
        {
            place = place is null ? (byte*)NativeMemory.Alloc(PlaceBytes) : place;
            var start = place + used;
            var length = Encoding.UTF8.GetBytes(text, new Span<byte>(start, most));
            used += length;
            return SqliteApi.sqlite3_bind_text(handle, index, start, length, SqliteApi.Static);
        }

        if (buffer.Length < most)
        {
            buffer = new byte[most];
        }

        var bytes = Encoding.UTF8.GetBytes(text, buffer);
        fixed (byte* copied = buffer)
        {
            return SqliteApi.sqlite3_bind_text(handle, index, copied, bytes, SqliteApi.Transient);
        }
    }

    /// <summary>Reads a column of the current row. False for bytes, and for a number that JSON does not have.</summary>
    public bool TryRead(int column, out SqlValue value)
    {
        value = default;
        switch (SqliteApi.sqlite3_column_type(handle, column))
        {
            case SqliteApi.TypeInteger:
                value = SqlValue.FromInteger(SqliteApi.sqlite3_column_int64(handle, column));
                return true;
            case SqliteApi.TypeFloat:
                value = SqlValue.FromReal(SqliteApi.sqlite3_column_double(handle, column));
                return double.IsFinite(value.Real);
            case SqliteApi.TypeText:
                // The text first: it may be converted, which changes the count.
                var text = SqliteApi.sqlite3_column_text(handle, column);
                var bytes = SqliteApi.sqlite3_column_bytes(handle, column);
                value = SqlValue.FromText(Encoding.UTF8.GetString(text, bytes));
                return true;
            default:
                return SqliteApi.sqlite3_column_type(handle, column) == SqliteApi.TypeNull;
        }
    }

    public void Dispose()
    {
        _ = SqliteApi.sqlite3_finalize(handle);
        NativeMemory.Free(place);
        place = null;
    }
}
