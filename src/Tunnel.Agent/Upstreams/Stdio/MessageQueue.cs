namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>Messages on their way to one reader, bounded in bytes. Any number may write.</summary>
/// <param name="maxBytes">With that many, no message is taken; the last one taken may go beyond it.</param>
internal sealed class MessageQueue(long maxBytes)
{
    // Guarded by the gate.
    private readonly Lock gate = new();
    private readonly LinkedList<QueuedMessage> messages = [];
    private long bytes;
    private bool closed;
    private TaskCompletionSource? arrival;
    private TaskCompletionSource? room;

    /// <summary>Whether nothing can be added any more.</summary>
    public bool IsClosed
    {
        get
        {
            lock (gate)
            {
                return closed;
            }
        }
    }

    /// <summary>False: full, or closed.</summary>
    public bool TryAdd(QueuedMessage message)
    {
        lock (gate)
        {
            if (closed || bytes >= maxBytes)
            {
                return false;
            }

            Add_NeedsLock(message);
            return true;
        }
    }

    /// <summary>Adds it even to a full queue; the caller knows that there are few such messages.</summary>
    public void Force(QueuedMessage message)
    {
        lock (gate)
        {
            if (!closed)
            {
                Add_NeedsLock(message);
            }
        }
    }

    /// <summary>Adds it, and returns the oldest ones, which have no room then.</summary>
    public IReadOnlyList<QueuedMessage> AddDroppingOldest(QueuedMessage message)
    {
        List<QueuedMessage>? dropped = null;
        lock (gate)
        {
            while (bytes >= maxBytes)
            {
                (dropped ??= []).Add(messages.First!.Value);
                bytes -= messages.First!.Value.Bytes.Length;
                messages.RemoveFirst();
            }

            if (!closed)
            {
                Add_NeedsLock(message);
            }
        }

        return dropped ?? (IReadOnlyList<QueuedMessage>)[];
    }

    /// <summary>Returns when there may be room, or the queue is closed.</summary>
    public Task WaitForRoomAsync()
    {
        lock (gate)
        {
            if (closed || bytes < maxBytes)
            {
                return Task.CompletedTask;
            }

            room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return room.Task;
        }
    }

    /// <summary>The next one; null once the queue is closed and empty.</summary>
    public async Task<QueuedMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task waiting;
            lock (gate)
            {
                if (messages.First?.Value is { } message)
                {
                    messages.RemoveFirst();
                    bytes -= message.Bytes.Length;
                    if (bytes < maxBytes)
                    {
                        room?.TrySetResult();
                        room = null;
                    }

                    return message;
                }

                if (closed)
                {
                    return null;
                }

                arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = arrival.Task;
            }

            await waiting.WaitAsync(cancellationToken);

            // Who has left must not take a message along.
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Gives back what was read and could not be used: it is the next one again, closed or not.</summary>
    public void PutBack(QueuedMessage message)
    {
        lock (gate)
        {
            messages.AddFirst(message);
            bytes += message.Bytes.Length;
        }
    }

    /// <summary>Nothing more comes; what is there can still be read.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            arrival?.TrySetResult();
            room?.TrySetResult();
            (arrival, room) = (null, null);
        }
    }

    private void Add_NeedsLock(QueuedMessage message)
    {
        messages.AddLast(message);
        bytes += message.Bytes.Length;
        arrival?.TrySetResult();
        arrival = null;
    }
}
