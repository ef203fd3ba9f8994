namespace Culvert.Tunnel.Protocol.Sending;

/// <summary>
/// Streams with bytes and credit, in round-robin order (W14). Linked through the streams themselves, so that it never
/// allocates. Guarded by <c>Outbox.Gate</c>.
/// </summary>
internal sealed class RoundRobinQueue
{
    private SendingHalf? tail;

    /// <summary>The next stream to send; null if none waits.</summary>
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

    /// <summary>Removes the head after it has sent.</summary>
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
