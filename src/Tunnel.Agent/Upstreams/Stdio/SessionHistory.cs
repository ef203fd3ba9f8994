using System.Globalization;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>
/// The latest events of a session, for a client that lost its connection (L6). An id names its stream and its position,
/// so that no event of another stream is ever replayed. The oldest events are dropped to make room.
/// </summary>
/// <param name="maxBytes">For this session.</param>
/// <param name="budget">For all sessions of the route.</param>
/// <param name="owner">The client whose share of the budget the session uses.</param>
internal sealed class SessionHistory(long maxBytes, BodyBudget budget, ClientKey owner) : IDisposable
{
    private readonly Lock gate = new();

    // Guarded by the gate. Every kept event belongs to one of the streams.
    private readonly Dictionary<long, SessionStream> streams = [];
    private readonly Queue<(SessionStream Stream, long Sequence, ReadOnlyMemory<byte> Message)> messages = new();
    private long bytes;
    private long lastStream;
    private bool isOver;

    /// <summary>The stream that the client opens with GET, over one connection after another.</summary>
    public SessionStream Listening { get; } = new(0, null);

    public SessionStream Begin(RpcCall call, DateTimeOffset? endsAt)
    {
        lock (gate)
        {
            var stream = new SessionStream(++lastStream, call) { EndsAt = endsAt };
            streams[stream.Number] = stream;
            return stream;
        }
    }

    /// <summary>Stores a message before it is sent; returns the event id to send it with.</summary>
    public string Add(SessionStream stream, QueuedMessage message)
    {
        lock (gate)
        {
            var sequence = ++stream.Last;
            stream.IsOver |= message.IsLast;
            while (messages.Count > 0 && bytes + message.Bytes.Length > maxBytes)
            {
                DropOldest_NeedsLock();
            }

            var isKept =
                !isOver && bytes + message.Bytes.Length <= maxBytes && budget.TryReserve(owner, message.Bytes.Length);
            if (isKept)
            {
                bytes += message.Bytes.Length;
                stream.StoredMessages++;
                messages.Enqueue((stream, sequence, message.Bytes));
            }
            else if (stream.IsOver)
            {
                streams.Remove(stream.Number); // without its end the rest is useless
            }

            return FormatId(stream, sequence);
        }
    }

    public void End(SessionStream stream)
    {
        lock (gate)
        {
            stream.IsOver = true;
            Forget_NeedsLock(stream);
        }
    }

    public bool HasEnded(SessionStream stream)
    {
        lock (gate)
        {
            return stream.IsOver;
        }
    }

    /// <summary>The stream of an event; null if the stream is unknown or never had this event.</summary>
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

    public IReadOnlyList<(string Id, ReadOnlyMemory<byte> Message)> After(SessionStream stream, long sequence)
    {
        lock (gate)
        {
            return
            [
                .. messages
                    .Where(k => k.Stream == stream && k.Sequence > sequence)
                    .Select(k => (FormatId(stream, k.Sequence), k.Message)),
            ];
        }
    }

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
            while (messages.Count > 0)
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
        var (stream, _, message) = messages.Dequeue();
        bytes -= message.Length;
        budget.Return(owner, message.Length);
        stream.StoredMessages--;
        Forget_NeedsLock(stream);
    }

    private void Forget_NeedsLock(SessionStream stream)
    {
        if (stream is { IsOver: true, StoredMessages: 0 })
        {
            streams.Remove(stream.Number);
        }
    }
}
