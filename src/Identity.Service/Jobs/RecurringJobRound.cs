using Quartz;

namespace Culvert.Identity.Service.Jobs;

/// <summary>What Quartz runs: a round of the job that its data names.</summary>
[DisallowConcurrentExecution]
internal sealed class RecurringJobRound : IJob
{
    public const string Job = "job";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            await ((RecurringJob)context.JobDetail.JobDataMap[Job]!).TryRoundAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }
}
