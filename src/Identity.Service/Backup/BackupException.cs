namespace Culvert.Identity.Service.Backup;

/// <summary>The file is no backup, not a whole one, or not one for this place. Says what to do.</summary>
internal sealed class BackupException(string message, Exception? cause = null) : Exception(message, cause);
