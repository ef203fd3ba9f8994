namespace Culvert.Identity.Service.Backup;

internal enum RestoreConflict
{
    /// <summary>Another node has already written the entry.</summary>
    Written,
}
