using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Protocol.Streams;

/// <summary>The streams of one connection that are open on the wire, or whose handlers still run (W3).</summary>
internal sealed class StreamTable(TimeProvider time, Action closedLast)
{
    /// <summary>Read without a lock for every DATA frame.</summary>
    private readonly ConcurrentDictionary<uint, MuxStream> live = new();

    // Guarded by Outbox.Gate.
    private readonly ClosedStreams closed = new();
    private readonly List<(MuxStream Stream, long Since)> lingering = [];
    private int liveCount;
    private int occupied;

    /// <summary>Streams that are open, or whose handler has not ended.</summary>
    public int Occupied => Volatile.Read(ref occupied);

    public bool IsEmpty => Volatile.Read(ref liveCount) == 0;

    public ICollection<MuxStream> Live => live.Values;

    public bool TryGet(uint id, [NotNullWhen(true)] out MuxStream? stream) => live.TryGetValue(id, out stream);

    public void Add_NeedsLock(MuxStream stream)
    {
        live[stream.Id] = stream;
        liveCount++;
        occupied++;
    }

    /// <summary>An OPEN that was answered with RST and never became a stream.</summary>
    public void Refuse_NeedsLock(uint id) => closed.Add(id, ClosedReason.ResetLocally);

    public void Close_NeedsLock(MuxStream stream, ClosedReason reason)
    {
        if (live.TryRemove(stream.Id, out _))
        {
            liveCount--;
            closed.Add(stream.Id, reason);
        }
    }

    /// <summary>Call after <see cref="Close_NeedsLock"/>, without the gate.</summary>
    public void AfterClose()
    {
        if (IsEmpty)
        {
            closedLast();
        }
    }

    public void Free_NeedsLock() => occupied--;

    public void Linger_NeedsLock(MuxStream stream) => lingering.Add((stream, time.GetTimestamp()));

    /// <summary>Returns streams whose handler has ended and whose peer has not ended them in time.</summary>
    public List<MuxStream>? RemoveOverdue_NeedsLock(TimeSpan linger)
    {
        lingering.RemoveAll(entry => !live.ContainsKey(entry.Stream.Id));
        List<MuxStream>? overdue = null;
        foreach (var (stream, since) in lingering)
        {
            if (time.GetElapsedTime(since) >= linger)
            {
                (overdue ??= []).Add(stream);
            }
        }

        return overdue;
    }

    public void CheckClosed_NeedsLock(uint id, FrameType type) => closed.Check(id, type);
}
