namespace Culvert.Identity.Service.Backup;

/// <summary>Why a restore's entry was not written.</summary>
internal enum RestoreConflict
{
    /// <summary>Another node has written it.</summary>
    Written,
}
