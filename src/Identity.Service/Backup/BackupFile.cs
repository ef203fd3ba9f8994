namespace Culvert.Identity.Service.Backup;

/// <summary>
/// <code>
/// gzip of lines of JSON
///   {"format":"culvert-backup",…}     BackupHeader
///   {"table":"organizations"}         then its rows, one array a line, in the header's order of columns
///   ["…",1,null,"base64"]
///   …
///   {"rows":123,"seal":"base64"}      BackupEnd
/// </code>
/// The same for both databases, so that what was saved from one can be restored into the other.
/// </summary>
internal static class BackupFile
{
    /// <summary>The table name in the seal's associated data: the sealed digest cannot be opened as another value.</summary>
    public const string SealTable = "backup";
    public const string SealColumn = "digest";

    /// <summary>A row may contain a key set, a revocation list with many entries, or an audit entry.</summary>
    public const int MaxLineBytes = 256 * 1024 * 1024;

    public const string TableMember = "table";
}
