namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>One request of a client that a program works on.</summary>
/// <param name="WireId">Its id, and the progress token, as the program sees them: never used twice.</param>
/// <param name="Request">As the client sent it.</param>
/// <param name="TakesMessages">Whether its client can be told anything before the response.</param>
/// <param name="Messages">For its client.</param>
internal sealed record RpcCall(long WireId, JsonRpcMessage Request, bool TakesMessages, MessageQueue Messages)
{
    private volatile bool isAbandoned;

    /// <summary>Whether nobody waits for it any more.</summary>
    public bool IsAbandoned => isAbandoned;

    /// <summary>Why it failed, if its program did not answer; set before the queue is closed.</summary>
    public Failure? Failure { get; set; }

    public void Abandon()
    {
        isAbandoned = true;
        Messages.Close();
    }
}
