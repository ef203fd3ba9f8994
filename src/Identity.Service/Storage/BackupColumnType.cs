namespace Culvert.Identity.Service.Storage;

internal enum BackupColumnType
{
    Number,

    Text,

    /// <summary>BLOB, in PostgreSQL BYTEA; base64 in the backup file.</summary>
    Bytes,
}
