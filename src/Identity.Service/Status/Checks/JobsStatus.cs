using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that the latest round of every recurring job on this node succeeded, and that no job is paused.</summary>
internal sealed class JobsStatus(JobScheduler scheduler, StoreNode node) : IStatusCheck
{
    public string Name => "jobs";

    public bool IsShownTo(Caller caller) => StatusRights.MayOperate(caller);

    public ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        List<StatusFinding> found = [.. scheduler.Jobs.SelectMany(Judge)];
        return new(
            found.Count > 0
                ? found
                :
                [
                    StatusFinding.Ok(
                        $"None of {Plural.Of(scheduler.Jobs.Count, "recurring job")} failed on node {node.Name}."
                    ),
                ]
        );
    }

    private IEnumerable<StatusFinding> Judge(RecurringJob job)
    {
        if (job.LastRun is { Failure: { } failure } last)
        {
            yield return StatusFinding.Problem(
                job.Name,
                $"The last round of job {job.Name} on node {node.Name} failed at {last.EndedAt:u}: {failure}.",
                $"The log of the node has the reason. Then run culvert job run {job.Name}"
            );
        }

        if (scheduler.FindPause(job) is { } pause)
        {
            yield return StatusFinding.Warning(
                job.Name,
                $"Job {job.Name} has been paused on all nodes since {pause.PausedAt:u}: {pause.Reason}",
                $"culvert job resume {job.Name}"
            );
        }
    }
}
