namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>The inner connections of one tunnel connection, and how they close when it ends.</summary>
internal sealed class OpenConnections(TimeProvider time)
{
    // The part of the drain time in which inner connections may close after their current response. Then the others are
    // closed in order, and the tunnel connection resets those that do not close.
    private const double PatientPart = 0.75;

    private readonly Lock gate = new();
    private readonly HashSet<InnerConnection> connections = []; // guarded by gate
    private volatile bool isClosing; // written under gate

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

    /// <summary>True if the connection should close after its first response, because all are closing.</summary>
    public bool Add(InnerConnection connection)
    {
        lock (gate)
        {
            connections.Add(connection);
            return isClosing;
        }
    }

    public void Remove(InnerConnection connection)
    {
        lock (gate)
        {
            connections.Remove(connection);
        }
    }

    /// <summary>
    /// Requests every inner HTTP connection to close: after its next response where possible, so that no request crosses
    /// the close; in order at the latest when most of the drain time has passed.
    /// </summary>
    /// <param name="over">Fires when no connection is left.</param>
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
            // No connection is left.
        }
    }
}
