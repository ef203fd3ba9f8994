namespace Culvert.Identity.Service.Backup;

internal enum RestoreConflict
{
    Written,
}
