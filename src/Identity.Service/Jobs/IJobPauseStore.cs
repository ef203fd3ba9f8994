using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Jobs;

/// <summary>Which jobs are paused in the installation.</summary>
internal interface IJobPauseStore
{
    ValueTask<IReadOnlyList<JobPause>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Fails with <see cref="JobPauseConflict.Changed"/> where it is paused.</summary>
    Statement Pause(JobPause pause);

    /// <summary>Fails with <see cref="JobPauseConflict.Changed"/> where it is not paused.</summary>
    Statement Resume(string job);
}
