namespace Culvert.Platform.Launching;

/// <summary>Waits until a started program does its job, and notices at once when it ends instead.</summary>
public static class ProcessReadiness
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <param name="process">What was started.</param>
    /// <param name="probe">Answers "" when it does its job, else why not.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting alone.</param>
    /// <returns>"" when it does its job; else what went wrong.</returns>
    public static async Task<string> WaitAsync(
        ProgramProcess process,
        Func<CancellationToken, Task<string>> probe,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(probe);
        ArgumentNullException.ThrowIfNull(time);
        var deadline = time.GetUtcNow() + limit;
        while (true)
        {
            var obstacle = await probe(cancellationToken);
            if (obstacle.Length == 0)
            {
                return "";
            }

            if (!process.IsAlive)
            {
                var code = process.ExitCode is { } c ? $"exit code {c}" : "unknown exit code";
                return $"exited while starting ({code})";
            }

            if (time.GetUtcNow() >= deadline)
            {
                return $"not ready after {limit.TotalSeconds:0} s: {obstacle}";
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }
}
