namespace Culvert.Identity.Service.Backup;

/// <summary>A column of a table.</summary>
internal sealed record BackupColumn(string Name, BackupColumnType Type);
