namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>Messages for one reader, bounded in bytes. Any number of threads may write.</summary>
/// <param name="maxBytes">At this size no message is added; the last one added may exceed it.</param>
internal sealed class MessageQueue(long maxBytes)
{
    // Guarded by the gate.
    private readonly Lock gate = new();
    private readonly LinkedList<QueuedMessage> messages = [];
    private long bytes;
    private bool closed;
    private TaskCompletionSource? arrival;
    private TaskCompletionSource? room;

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

    /// <summary>Adds a message even to a full queue; the caller knows that there are few such messages.</summary>
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

    /// <summary>Adds a message, and returns the oldest messages, which were dropped to make room.</summary>
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

    /// <summary>Completes when there may be room, or the queue is closed.</summary>
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

            // A cancelled reader must not remove a message.
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Returns an unused message to the front of the queue, even if the queue is closed.</summary>
    public void PutBack(QueuedMessage message)
    {
        lock (gate)
        {
            messages.AddFirst(message);
            bytes += message.Bytes.Length;
        }
    }

    /// <summary>Refuses further messages. Messages in the queue can still be read.</summary>
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
