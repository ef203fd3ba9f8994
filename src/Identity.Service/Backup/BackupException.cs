namespace Culvert.Identity.Service.Backup;

/// <summary>
/// The file is not a backup, is incomplete, or belongs to another installation. The message says what to do.
/// </summary>
internal sealed class BackupException(string message, Exception? cause = null) : Exception(message, cause);
