using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Lifetime;
using Culvert.Tunnel.Protocol.Liveness;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Sending;
using Culvert.Tunnel.Protocol.Windows;

namespace Culvert.Tunnel.Protocol.Streams;

/// <summary>Creates streams: the edge opens them, the agent accepts them (W3, W9, W12).</summary>
internal sealed class StreamAdmission(
    MuxRole role,
    MuxOptions options,
    Outbox outbox,
    StreamTable table,
    ConnectionLife life,
    Heartbeat heartbeat,
    TimeProvider time
)
{
    private readonly Channel<MuxStream> opened = Channel.CreateUnbounded<MuxStream>(); // bounded by MaxStreams
    private readonly WindowBudget windows = new(options.WindowBudgetBytes, options.ProcessWindows);

    // One delegate for all windows.
    private readonly Func<bool> isShared = () => table.Occupied > 1;

    // Guarded by outbox.Gate.
    private uint lastOpened; // edge: opened by us; agent: seen on the wire
    private uint lastHandled; // agent: the last stream that AcceptAsync gave out

    public int IdsLeft_NeedsLock => (int)(int.MaxValue - lastOpened);

    /// <summary>The last stream for our GOAWAY (W12).</summary>
    public uint LastStream_NeedsLock => role == MuxRole.Agent ? lastHandled : 0;

    public bool CanOpen_NeedsLock =>
        life.AcceptsStreams_NeedsLock
        && table.Occupied < Math.Min((uint)options.MaxStreams, life.Hello!.MaxStreams)
        && lastOpened < int.MaxValue; // W9: ids stay below 2^31; the connection is renewed long before

    public bool WasOpened_NeedsLock(uint id) => id <= lastOpened;

    /// <summary>For tests: skips ids as if they had been used.</summary>
    public void Skip_NeedsLock(uint count) => lastOpened += count;

    /// <summary>Edge: opens a stream.</summary>
    public bool TryOpen(
        OpenPayload open,
        ReadOnlySpan<byte> firstBytes,
        long heard,
        [NotNullWhen(true)] out MuxStream? stream
    )
    {
        var payloadBytes = OpenCodec.GetSize(open);
        WriteStart start;
        lock (outbox.Gate)
        {
            if (!CanOpen_NeedsLock || outbox.IsCongested_NeedsLock)
            {
                stream = null;
                return false;
            }

            var id = ++lastOpened;
            stream = NewStream_NeedsLock(id, open);
            var frame = outbox.Append_NeedsLock(FrameReader.HeaderBytes + payloadBytes);
            FrameWriter.WriteHeader(frame, FrameType.Open, id, payloadBytes);
            OpenCodec.Write(frame[FrameReader.HeaderBytes..], open);
            if (!firstBytes.IsEmpty)
            {
                stream.SendFirst_NeedsLock(firstBytes);
            }

            heartbeat.Ask_NeedsLock(heard);
            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
        return true;
    }

    /// <summary>Read loop of an agent: OPEN.</summary>
    /// <exception cref="MuxConnectionException">An edge received it, or the id does not rise (W9).</exception>
    public void OnOpen(Frame frame)
    {
        if (role != MuxRole.Agent)
        {
            throw new MuxConnectionException(ConnectionErrorCode.Protocol, "An agent cannot open streams.");
        }

        if (frame.Stream <= lastOpened || frame.Stream > int.MaxValue)
        {
            throw new MuxConnectionException(ConnectionErrorCode.Protocol, "Stream ids must increase below 2^31.");
        }

        var open = OpenCodec.Read(frame.Payload);
        WriteStart start;
        lock (outbox.Gate)
        {
            lastOpened = frame.Stream;
            var leaving = life.IsDraining || life.IsOver;
            if (!leaving && table.Occupied < options.MaxStreams)
            {
                // A new stream's credit beyond HELLO's is sent with the next write, usually its answer.
                opened.Writer.TryWrite(NewStream_NeedsLock(frame.Stream, open));
                return;
            }

            table.Refuse_NeedsLock(frame.Stream);
            outbox.Reset_NeedsLock(frame.Stream, leaving ? StreamErrorCode.Refused : StreamErrorCode.Limit);
            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
    }

    /// <summary>Agent: the next stream that is still open; null after the last.</summary>
    public async ValueTask<MuxStream?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await opened.Reader.WaitToReadAsync(cancellationToken))
        {
            while (TryAccept(out var stream, out var live))
            {
                if (live)
                {
                    return stream;
                }

                stream.Release(); // reset before it was accepted
            }
        }

        return null;
    }

    /// <summary>Stops accepting streams. Returns the pending ones: the caller must refuse them.</summary>
    public List<MuxStream> Close_NeedsLock()
    {
        List<MuxStream> waiting = [];
        while (opened.Reader.TryRead(out var stream))
        {
            waiting.Add(stream);
        }

        opened.Writer.TryComplete();
        return waiting;
    }

    /// <summary>The connection is closed: <see cref="AcceptAsync"/> returns null once no stream is pending.</summary>
    public void Complete() => opened.Writer.TryComplete();

    private bool TryAccept([NotNullWhen(true)] out MuxStream? stream, out bool live)
    {
        lock (outbox.Gate)
        {
            var found = opened.Reader.TryRead(out stream);
            live = found && !stream!.IsClosed_NeedsLock;
            if (live)
            {
                lastHandled = stream!.Id;
            }

            return found;
        }
    }

    private MuxStream NewStream_NeedsLock(uint id, OpenPayload open)
    {
        var window = new ReceiveWindow(options.StreamWindowBytes, windows, heartbeat, isShared, time);
        var stream = new MuxStream(
            id,
            open,
            outbox,
            table,
            heartbeat,
            (int)life.Hello!.InitialStreamWindow,
            window,
            options.RunReadersInline
        );
        table.Add_NeedsLock(stream);
        if (window.AddedAtStart > 0)
        {
            stream.AddWindow_NeedsLock(window.AddedAtStart);
        }

        return stream;
    }
}
