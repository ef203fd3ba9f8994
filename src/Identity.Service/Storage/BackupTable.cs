namespace Culvert.Identity.Service.Storage;

/// <summary>A table in a backup.</summary>
/// <param name="Columns">In the order of a row's values.</param>
internal sealed record BackupTable(string Name, IReadOnlyList<BackupColumn> Columns);
