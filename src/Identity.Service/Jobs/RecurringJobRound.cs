using Quartz;

namespace Culvert.Identity.Service.Jobs;

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
            // The service is stopping.
        }
    }
}
