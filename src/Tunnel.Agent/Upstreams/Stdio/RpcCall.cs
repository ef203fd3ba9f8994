using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <param name="WireId">The id and the progress token that the program sees; never reused.</param>
/// <param name="Id">The raw id that the client sees.</param>
/// <param name="Token">The raw progress token that the client sees; empty for none.</param>
/// <param name="TakesMessages">Whether the client can receive messages before the response.</param>
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

    public bool IsAbandoned => isAbandoned;

    /// <summary>Whether the client has lost the connection and may reconnect for the messages that it missed.</summary>
    public bool IsUnattended
    {
        get => isUnattended;
        set => isUnattended = value;
    }

    /// <summary>Why the call failed, if the program did not respond; set before the queue is closed.</summary>
    public Failure? Failure { get; set; }

    public void Abandon()
    {
        isAbandoned = true;
        Messages.Close();
    }
}
