using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>One request of a client that a program works on.</summary>
/// <param name="WireId">Its id, and the progress token, as the program sees them: never used twice.</param>
/// <param name="Id">Its raw id as the client sees it.</param>
/// <param name="Token">The raw progress token as the client sees it; empty for none.</param>
/// <param name="Method">Its method.</param>
/// <param name="TakesMessages">Whether its client can receive messages before the response.</param>
/// <param name="Messages">For its client.</param>
internal sealed record RpcCall(
    long WireId,
    ReadOnlyMemory<byte> Id,
    ReadOnlyMemory<byte> Token,
    string Method,
    bool TakesMessages,
    MessageQueue Messages
)
{
    private volatile bool isAbandoned;
    private volatile bool isUnattended;

    /// <summary>Whether no client waits for it any more.</summary>
    public bool IsAbandoned => isAbandoned;

    /// <summary>Whether its client has lost the connection and may come back for what it missed.</summary>
    public bool IsUnattended
    {
        get => isUnattended;
        set => isUnattended = value;
    }

    /// <summary>Why it failed, if its program did not answer; set before the queue is closed.</summary>
    public Failure? Failure { get; set; }

    public void Abandon()
    {
        isAbandoned = true;
        Messages.Close();
    }
}
