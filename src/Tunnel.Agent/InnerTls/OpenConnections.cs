namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>The inner connections that came one way, and how they close when that way ends.</summary>
internal sealed class OpenConnections(TimeProvider time)
{
    // The part of the drain time in which inner connections may close after their current response. Then the others are
    // closed in order, and what carries them resets those that do not close.
    private const double PatientPart = 0.75;

    private readonly Lock gate = new();
    private readonly HashSet<InnerConnection> connections = []; // guarded by gate
    private volatile bool isClosing; // written under gate

    /// <summary>Whether <see cref="Close"/> was called.</summary>
    public bool IsClosing => isClosing;

    public int Count
    {
        get
        {
            lock (gate)
            {
                return connections.Count;
            }
        }
    }

    /// <summary>True if the connection should close after its first answer, because all are closing.</summary>
    public bool Add(InnerConnection connection)
    {
        lock (gate)
        {
            connections.Add(connection);
            return isClosing;
        }
    }

    /// <summary>Called by a connection that has unwound.</summary>
    public void Remove(InnerConnection connection)
    {
        lock (gate)
        {
            connections.Remove(connection);
        }
    }

    /// <summary>
    /// Asks every inner HTTP connection to end: at the end of its next answer where it can, so that no client's
    /// request crosses the close; in order at the latest when most of the drain time is over.
    /// </summary>
    /// <param name="drain">The time that connections have.</param>
    /// <param name="over">Fires when nothing is left to close.</param>
    public void Close(TimeSpan drain, CancellationToken over)
    {
        lock (gate)
        {
            if (isClosing)
            {
                return;
            }

            isClosing = true;
        }

        Each(static c => c.CloseAfterAnswer());
        _ = CloseLateAsync(drain * PatientPart, over);
    }

    public void Each(Action<InnerConnection> action)
    {
        InnerConnection[] open;
        lock (gate)
        {
            open = [.. connections];
        }

        foreach (var connection in open)
        {
            action(connection);
        }
    }

    private async Task CloseLateAsync(TimeSpan after, CancellationToken over)
    {
        try
        {
            await Task.Delay(after, time, over);
            Each(static c => c.RequestClose());
        }
        catch (OperationCanceledException)
        {
            // Over already.
        }
    }
}
