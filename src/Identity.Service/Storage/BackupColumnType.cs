namespace Culvert.Identity.Service.Storage;

/// <summary>What our portable SQL knows of types.</summary>
internal enum BackupColumnType
{
    /// <summary>BIGINT.</summary>
    Number,

    /// <summary>TEXT.</summary>
    Text,

    /// <summary>BLOB, in PostgreSQL BYTEA; in the file as base64.</summary>
    Bytes,
}
