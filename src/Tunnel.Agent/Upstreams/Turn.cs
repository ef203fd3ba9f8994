namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>One call's place among its client's.</summary>
internal sealed class Turn(ClientTurns turns, ClientTurns.Calls calls, int weight)
{
    /// <summary>For the server, when it sends the head of an answer.</summary>
    public static readonly Func<object, Task> OnAnswer = static turn =>
    {
        ((Turn)turn).Answer();
        return Task.CompletedTask;
    };

    private int answered;

    /// <summary>Calls of the same client that were under way when this one began, this one included.</summary>
    public int Held { get; } = calls.Running;

    public void End()
    {
        Answer();
        turns.Leave(calls);
    }

    private void Answer()
    {
        if (Interlocked.Exchange(ref answered, 1) == 0)
        {
            turns.Answer(calls, weight);
        }
    }
}
