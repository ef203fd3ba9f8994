namespace Culvert.Identity.Service.Backup;

/// <summary>The file is not a backup, is incomplete, or is not for this installation. Says what to do.</summary>
internal sealed class BackupException(string message, Exception? cause = null) : Exception(message, cause);
