namespace Culvert.Identity.Service.Storage.Sqlite;

/// <summary>The primary result codes of SQLite that we tell apart (sqlite.org/rescode.html).</summary>
internal static class SqliteErrors
{
    /// <summary>SQLITE_ERROR: wrong SQL, missing table.</summary>
    public const int Error = 1;

    /// <summary>SQLITE_CONSTRAINT.</summary>
    public const int Constraint = 19;
}
