using System.Runtime.InteropServices;

namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>The functions of SQLite's C interface that composed tools need, with the names that its manual uses.</summary>
internal static unsafe partial class SqliteApi
{
    public const int Ok = 0;
    public const int Error = 1;
    public const int Deny = 1;
    public const int NoMemory = 7;
    public const int Interrupt = 9;
    public const int CannotOpen = 14;
    public const int TooBig = 18;
    public const int Row = 100;
    public const int Done = 101;

    public const int ConfigMalloc = 4;
    public const int ConfigMemoryStatus = 9;
    public const int DbConfigDqsDml = 1013;
    public const int DbConfigDqsDdl = 1014;

    // https://www.sqlite.org/c3ref/c_open_autoproxy.html: read and write, in memory, used by one thread at a time.
    public const int OpenInMemory = 0x2 | 0x4 | 0x80 | 0x8000;

    public const int AuthorizeRead = 20;
    public const int AuthorizeSelect = 21;
    public const int AuthorizeFunction = 31;
    public const int AuthorizeRecursive = 33;

    public const int TypeInteger = 1;
    public const int TypeFloat = 2;
    public const int TypeText = 3;
    public const int TypeNull = 5;

    /// <summary>The value stays where it is as long as the statement may read it.</summary>
    public static readonly nint Static = 0;

    /// <summary>The value is copied before the call returns.</summary>
    public static readonly nint Transient = -1;

    private const string Library = "e_sqlite3";

    [LibraryImport(Library)]
    public static partial int sqlite3_config(int option, SqliteMemory.Methods* methods);

    [LibraryImport(Library)]
    public static partial int sqlite3_config(int option, int value);

    [LibraryImport(Library)]
    public static partial int sqlite3_initialize();

    [LibraryImport(Library)]
    public static partial int sqlite3_vfs_register(SqliteFiles.Methods* methods, int isDefault);

    [LibraryImport(Library)]
    public static partial int sqlite3_open_v2(byte* name, out nint database, int flags, byte* files);

    [LibraryImport(Library)]
    public static partial int sqlite3_close_v2(nint database);

    [LibraryImport(Library)]
    public static partial int sqlite3_db_config(nint database, int option, int value, int* result);

    [LibraryImport(Library)]
    public static partial int sqlite3_limit(nint database, int id, int value);

    [LibraryImport(Library)]
    public static partial int sqlite3_set_authorizer(
        nint database,
        delegate* unmanaged<nint, int, byte*, byte*, byte*, byte*, int> authorize,
        nint context
    );

    [LibraryImport(Library)]
    public static partial void sqlite3_progress_handler(
        nint database,
        int instructions,
        delegate* unmanaged<nint, int> handle,
        nint context
    );

    [LibraryImport(Library)]
    public static partial int sqlite3_prepare_v3(
        nint database,
        byte* sql,
        int bytes,
        uint flags,
        out nint statement,
        out byte* tail
    );

    [LibraryImport(Library)]
    public static partial byte* sqlite3_errmsg(nint database);

    [LibraryImport(Library)]
    public static partial int sqlite3_error_offset(nint database);

    [LibraryImport(Library)]
    public static partial int sqlite3_stmt_isexplain(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_step(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_reset(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_finalize(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_parameter_count(nint statement);

    [LibraryImport(Library)]
    public static partial byte* sqlite3_bind_parameter_name(nint statement, int index);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_null(nint statement, int index);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_int64(nint statement, int index, long value);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_double(nint statement, int index, double value);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_text(nint statement, int index, byte* text, int bytes, nint destructor);

    [LibraryImport(Library)]
    public static partial int sqlite3_column_count(nint statement);

    [LibraryImport(Library)]
    public static partial byte* sqlite3_column_name(nint statement, int index);

    [LibraryImport(Library)]
    public static partial int sqlite3_column_type(nint statement, int index);

    [LibraryImport(Library)]
    public static partial long sqlite3_column_int64(nint statement, int index);

    [LibraryImport(Library)]
    public static partial double sqlite3_column_double(nint statement, int index);

    [LibraryImport(Library)]
    public static partial byte* sqlite3_column_text(nint statement, int index);

    [LibraryImport(Library)]
    public static partial int sqlite3_column_bytes(nint statement, int index);
}
