using System.Globalization;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>
/// The last events of a session's streams, so that a client that lost its connection gets what it missed (L6). An
/// event's id names its stream and its place there, so that nothing of another stream is ever replayed. What has no room
/// goes, the oldest first.
/// </summary>
/// <param name="maxBytes">Of all messages that are kept.</param>
/// <param name="budget">Of all sessions of the route.</param>
/// <param name="owner">Whose share of it the session takes.</param>
internal sealed class SessionHistory(long maxBytes, BodyBudget budget, ClientKey owner) : IDisposable
{
    private readonly Lock gate = new();

    // Guarded by the gate. Every kept event belongs to one of the streams.
    private readonly Dictionary<long, SessionStream> streams = [];
    private readonly Queue<(SessionStream Stream, long Sequence, ReadOnlyMemory<byte> Message)> kept = new();
    private long bytes;
    private long lastStream;
    private bool isOver;

    /// <summary>The stream that the client opens by GET, one connection after another.</summary>
    public SessionStream Listening { get; } = new(0, null);

    /// <summary>A stream of events that answers a call.</summary>
    public SessionStream Begin(RpcCall call, DateTimeOffset? endsAt)
    {
        lock (gate)
        {
            var stream = new SessionStream(++lastStream, call) { EndsAt = endsAt };
            streams[stream.Number] = stream;
            return stream;
        }
    }

    /// <summary>Keeps a message before it is sent; the id that it is sent with.</summary>
    public string Add(SessionStream stream, QueuedMessage message)
    {
        lock (gate)
        {
            var sequence = ++stream.Last;
            stream.IsOver |= message.IsLast;
            while (kept.Count > 0 && bytes + message.Bytes.Length > maxBytes)
            {
                DropOldest_NeedsLock();
            }

            var isKept =
                !isOver && bytes + message.Bytes.Length <= maxBytes && budget.TryReserve(owner, message.Bytes.Length);
            if (isKept)
            {
                bytes += message.Bytes.Length;
                stream.Kept++;
                kept.Enqueue((stream, sequence, message.Bytes));
            }
            else if (stream.IsOver)
            {
                streams.Remove(stream.Number); // without its end the rest is of no use
            }

            return FormatId(stream, sequence);
        }
    }

    /// <summary>Nothing more will come in it.</summary>
    public void End(SessionStream stream)
    {
        lock (gate)
        {
            stream.IsOver = true;
            Forget_NeedsLock(stream);
        }
    }

    /// <summary>Whether all of it has come.</summary>
    public bool HasEnded(SessionStream stream)
    {
        lock (gate)
        {
            return stream.IsOver;
        }
    }

    /// <summary>The stream of an event, if it is known and the event was one of its.</summary>
    public SessionStream? Find(string eventId, out long sequence)
    {
        var parts = eventId.Split('-');
        sequence = 0;
        if (parts.Length != 2 || !TryNumber(parts[0], out var number) || !TryNumber(parts[1], out sequence))
        {
            return null;
        }

        lock (gate)
        {
            var stream = number == 0 ? Listening : streams.GetValueOrDefault(number);
            return stream is not null && sequence <= stream.Last ? stream : null;
        }
    }

    /// <summary>What is kept of a stream behind an event.</summary>
    public IReadOnlyList<(string Id, ReadOnlyMemory<byte> Message)> After(SessionStream stream, long sequence)
    {
        lock (gate)
        {
            return
            [
                .. kept.Where(k => k.Stream == stream && k.Sequence > sequence)
                    .Select(k => (FormatId(stream, k.Sequence), k.Message)),
            ];
        }
    }

    /// <summary>The id of the last event.</summary>
    public string GetLastId(SessionStream stream)
    {
        lock (gate)
        {
            return FormatId(stream, stream.Last);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isOver = true;
            while (kept.Count > 0)
            {
                DropOldest_NeedsLock();
            }
        }
    }

    private static string FormatId(SessionStream stream, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{stream.Number}-{sequence}");

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private void DropOldest_NeedsLock()
    {
        var (stream, _, message) = kept.Dequeue();
        bytes -= message.Length;
        budget.Return(owner, message.Length);
        stream.Kept--;
        Forget_NeedsLock(stream);
    }

    private void Forget_NeedsLock(SessionStream stream)
    {
        if (stream is { IsOver: true, Kept: 0 })
        {
            streams.Remove(stream.Number);
        }
    }
}
