namespace Culvert.Identity.Service.Storage.Sqlite;

/// <summary>The primary result codes of SQLite that the service distinguishes (sqlite.org/rescode.html).</summary>
internal static class SqliteErrors
{
    public const int Error = 1;

    /// <summary>SQLITE_IOERR: also for shared memory when the disk is full.</summary>
    public const int Io = 10;

    public const int Full = 13;

    public const int CannotOpen = 14;

    public const int Constraint = 19;
}
