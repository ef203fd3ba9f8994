namespace Culvert.Identity.Service.Storage;

internal sealed record BackupColumn(string Name, BackupColumnType Type);
