namespace Culvert.Identity.Service.Jobs;

internal enum JobPauseConflict
{
    /// <summary>It is paused already, or is not any more.</summary>
    Changed,
}
