namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Sweeps while the service runs, so that a failed commit needs neither a restart nor a hand.</summary>
internal sealed class OrphanSweeper(OrphanSweep sweep, TimeProvider time, ILogger<OrphanSweeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause, time, stoppingToken);
                await TrySweepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops; so does this loop.
        }
    }

    private async Task TrySweepAsync(CancellationToken stoppingToken)
    {
        try
        {
            await sweep.RunOldAsync(stoppingToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The loop must survive: the usual cause is the outage that left the orphans.
            Log.SweepFailed(logger, fault);
        }
    }
}
