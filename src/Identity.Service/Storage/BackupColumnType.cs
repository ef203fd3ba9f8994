namespace Culvert.Identity.Service.Storage;

/// <summary>The column types of our portable SQL.</summary>
internal enum BackupColumnType
{
    Number,

    Text,

    /// <summary>BLOB, in PostgreSQL BYTEA; base64 in the backup file.</summary>
    Bytes,
}
