namespace Culvert.Platform.Launching;

/// <summary>Waits until a started program is ready, or until it exits.</summary>
public static class ProcessReadiness
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <returns>"" when it is ready; else the error.</returns>
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
