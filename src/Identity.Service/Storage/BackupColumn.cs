namespace Culvert.Identity.Service.Storage;

/// <summary>A column of a table.</summary>
internal sealed record BackupColumn(string Name, BackupColumnType Type);
