using System.Runtime.InteropServices;
using Culvert.Identity.Service.Storage.Sqlite;

namespace Culvert.Identity.Service.Tests.Storage.Statements;

/// <summary>
/// Calls back with the database file and the text of each statement that SQLite runs on any connection of this process
/// that is opened from now on (https://www.sqlite.org/c3ref/auto_extension.html, https://www.sqlite.org/c3ref/trace_v2.html).
/// </summary>
internal static class SqliteTrace
{
    private const string Library = "e_sqlite3";
    private const uint StatementStarts = 1;

    // SQLite keeps their addresses.
    private static readonly Opened OnOpened = Opening;
    private static readonly Traced OnTraced = Tracing;
    private static Action<string, string>? ran;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Opened(nint database, nint message, nint routines);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Traced(uint what, nint context, nint statement, nint text);

    public static void Start(Action<string, string> callback)
    {
        ran = callback;
        // The service configures the library first, which is refused once it is in use.
        _ = SqliteDatabase.LibraryVersion;
        Require(AddAutoExtension(OnOpened));
    }

    private static int Opening(nint database, nint message, nint routines) =>
        Trace(database, StatementStarts, OnTraced, 0);

    private static int Tracing(uint what, nint context, nint statement, nint text)
    {
        ran!(Marshal.PtrToStringUTF8(FileOf(DatabaseOf(statement), 0)) ?? "", Marshal.PtrToStringUTF8(text)!);
        return 0;
    }

    private static void Require(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"SQLite refuses to be traced: {result}.");
        }
    }

    [DllImport(Library, EntryPoint = "sqlite3_auto_extension")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int AddAutoExtension(Opened opened);

    [DllImport(Library, EntryPoint = "sqlite3_trace_v2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Trace(nint database, uint mask, Traced traced, nint context);

    [DllImport(Library, EntryPoint = "sqlite3_db_handle")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint DatabaseOf(nint statement);

    // Of the main database, for no name.
    [DllImport(Library, EntryPoint = "sqlite3_db_filename")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint FileOf(nint database, nint name);
}
