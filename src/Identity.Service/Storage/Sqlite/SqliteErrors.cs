namespace Culvert.Identity.Service.Storage.Sqlite;

/// <summary>The primary result codes of SQLite that the service distinguishes (sqlite.org/rescode.html).</summary>
internal static class SqliteErrors
{
    /// <summary>SQLITE_ERROR: wrong SQL, missing table.</summary>
    public const int Error = 1;

    /// <summary>SQLITE_IOERR: among others, shared memory for which the disk has no room.</summary>
    public const int Io = 10;

    /// <summary>SQLITE_FULL.</summary>
    public const int Full = 13;

    /// <summary>SQLITE_CANTOPEN.</summary>
    public const int CannotOpen = 14;

    /// <summary>SQLITE_CONSTRAINT.</summary>
    public const int Constraint = 19;
}
