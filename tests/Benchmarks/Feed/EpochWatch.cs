namespace Culvert.Benchmarks.Feed;

/// <summary>Who has seen which epoch when: counts a fleet's agents past it.</summary>
internal sealed class EpochWatch(int agents, TimeProvider time)
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long[] seen = new long[agents];
    private readonly long began = time.GetTimestamp();
    private int missing = agents;

    public required long Epoch { get; init; }

    /// <summary>Ends when the last agent has it.</summary>
    public Task Done => done.Task;

    public void See(int agent, long epoch)
    {
        if (epoch >= Epoch && Interlocked.CompareExchange(ref seen[agent], time.GetTimestamp(), 0) == 0)
        {
            if (Interlocked.Decrement(ref missing) == 0)
            {
                done.SetResult();
            }
        }
    }

    /// <summary>Times from before the request of the change to each agent's answer, sorted.</summary>
    public TimeSpan[] Times() => [.. seen.Select(at => time.GetElapsedTime(began, at)).Order()];
}
