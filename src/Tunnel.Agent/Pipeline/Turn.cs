namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>One call's place among its client's.</summary>
internal sealed class Turn(ClientTurns turns, ClientTurns.Lane lane, int weight)
{
    /// <summary>For the server, when it sends the head of an answer.</summary>
    public static readonly Func<object, Task> OnAnswer = static turn =>
    {
        ((Turn)turn).Answer();
        return Task.CompletedTask;
    };

    private int answered;

    public void End()
    {
        Answer();
        turns.Leave(lane);
    }

    private void Answer()
    {
        if (Interlocked.Exchange(ref answered, 1) == 0)
        {
            turns.Answer(lane, weight);
        }
    }
}
