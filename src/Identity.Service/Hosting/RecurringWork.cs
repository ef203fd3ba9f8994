namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// Work that the service does from time to time for as long as it runs. One round that fails is told and does not end
/// the others: what is due stays due, and is found anew.
/// </summary>
/// <param name="interval">Between the end of a round and the next.</param>
/// <param name="time">The clock.</param>
/// <param name="beginsAtOnce">Whether the first round is not waited for.</param>
internal abstract class RecurringWork(TimeSpan interval, TimeProvider time, bool beginsAtOnce = false)
    : BackgroundService
{
    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>One round.</summary>
    protected abstract Task RunRoundAsync(CancellationToken cancellationToken);

    /// <summary>Says that a round failed.</summary>
    protected abstract void Tell(Exception fault);

    /// <summary>Until the next round is wanted.</summary>
    protected virtual Task PauseAsync(CancellationToken cancellationToken) =>
        Task.Delay(interval, Time, cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (beginsAtOnce)
            {
                await TryRoundAsync(stoppingToken);
            }

            while (true)
            {
                await PauseAsync(stoppingToken);
                await TryRoundAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops; so does this loop.
        }
    }

    protected async Task TryRoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunRoundAsync(cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, a time limit of its own among them: a loop that ended would end the service.
            Tell(fault);
        }
    }
}
