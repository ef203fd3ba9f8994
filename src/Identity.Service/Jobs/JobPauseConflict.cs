namespace Culvert.Identity.Service.Jobs;

internal enum JobPauseConflict
{
    Changed,
}
