namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Lets <see cref="RotationSteps"/> and <see cref="SuccessorSteps"/> do what has become due.</summary>
internal sealed class RotationLoop(
    RotationSteps steps,
    SuccessorSteps successors,
    TimeProvider time,
    ILogger<RotationLoop> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, stoppingToken);
                await TryAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops; so does this loop.
        }
    }

    private async Task TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            await steps.RunAsync(stoppingToken);
            await successors.RunAsync(stoppingToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The loop must survive: what is due stays due, and everything is derived anew the next time.
            Log.RotationFailed(logger, fault);
        }
    }
}
