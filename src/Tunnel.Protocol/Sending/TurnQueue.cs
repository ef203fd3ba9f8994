namespace Culvert.Tunnel.Protocol.Sending;

/// <summary>
/// Streams with bytes and credit, waiting for their turn (W14). Linked through the streams themselves, so that joining
/// and leaving allocate nothing. Guarded by <c>Outbox.Gate</c>.
/// </summary>
internal sealed class TurnQueue
{
    private SendingHalf? tail;

    /// <summary>Whose turn it is; null if nobody waits.</summary>
    public SendingHalf? Head { get; private set; }

    public void Join(SendingHalf output)
    {
        output.IsReady = true;
        output.NextReady = null;
        if (tail is null)
        {
            Head = output;
        }
        else
        {
            tail.NextReady = output;
        }

        tail = output;
    }

    /// <summary>The head's turn is over.</summary>
    public void Leave()
    {
        var output = Head!;
        Head = output.NextReady;
        if (Head is null)
        {
            tail = null;
        }

        output.NextReady = null;
        output.IsReady = false;
    }

    public void Clear() => Head = tail = null;
}
