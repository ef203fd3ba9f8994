namespace Culvert.Identity.Service.Jobs;

internal enum JobPauseConflict
{
    /// <summary>It is already paused, or no longer paused.</summary>
    Changed,
}
