namespace Culvert.Tunnel.Agent.Pipeline;

internal sealed class QueueLease(FairQueue queue, FairQueue.Lane lane, int weight)
{
    /// <summary>The server calls this when it sends the head of an answer.</summary>
    public static readonly Func<object, Task> OnAnswer = static lease =>
    {
        ((QueueLease)lease).Answer();
        return Task.CompletedTask;
    };

    private int answered;

    public void End()
    {
        Answer();
        queue.Release(lane);
    }

    private void Answer()
    {
        if (Interlocked.Exchange(ref answered, 1) == 0)
        {
            queue.Answer(lane, weight);
        }
    }
}
