using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that the latest round of every recurring job on this node succeeded, and that no job is paused.</summary>
internal sealed class JobsStatus(JobScheduler scheduler, StoreNode node) : StatusCheck("jobs")
{
    public override Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken) =>
        Task.FromResult<IEnumerable<DoctorFinding>>([
            .. scheduler.Jobs.SelectMany(Judge),
            Ok($"None of {Plural.Format(scheduler.Jobs.Count, "recurring job")} failed on node {node.Name}."),
        ]);

    private IEnumerable<DoctorFinding> Judge(RecurringJob job)
    {
        if (job.LastRun is { Failure: { } failure } last)
        {
            yield return Problem(
                job.Name,
                $"The last round of job {job.Name} on node {node.Name} failed at {last.EndedAt:u}: {failure}.",
                $"The log of the node has the reason. Then run culvert job run {job.Name}"
            );
        }

        if (scheduler.FindPause(job) is { } pause)
        {
            yield return Warning(
                job.Name,
                $"Job {job.Name} has been paused on all nodes since {pause.PausedAt:u}: {pause.Reason}",
                $"culvert job resume {job.Name}"
            );
        }
    }
}
