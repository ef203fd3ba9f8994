namespace Culvert.Benchmarks.Feed;

/// <summary>Which agent has received a change when: counts a fleet's agents past it.</summary>
/// <param name="shows">Whether an answer has the change.</param>
internal sealed class FeedWatch(int agents, Func<FeedAnswer, bool> shows, TimeProvider time)
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long[] seen = new long[agents];
    private readonly long began = time.GetTimestamp();
    private int missing = agents;

    /// <summary>Ends when the last agent has it.</summary>
    public Task Done => done.Task;

    public void See(int agent, FeedAnswer answer)
    {
        if (shows(answer) && Interlocked.CompareExchange(ref seen[agent], time.GetTimestamp(), 0) == 0)
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
