namespace Culvert.Tunnel.Protocol.Sending;

/// <summary>Ready streams in round-robin order (W14), linked without allocating. Guarded by <c>Outbox.Gate</c>.</summary>
internal sealed class RoundRobinQueue
{
    private SendingHalf? tail;

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

    public void Remove()
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
