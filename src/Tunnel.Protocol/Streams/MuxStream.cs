using System.IO.Pipelines;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Liveness;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Sending;
using Culvert.Tunnel.Protocol.Windows;

namespace Culvert.Tunnel.Protocol.Streams;

/// <summary>
/// One client connection inside an outer connection. Completing <see cref="Output"/> sends FIN; <see cref="Input"/>
/// completes on the peer's FIN; both fail with <see cref="MuxStreamException"/> when the stream ends early. A reader that
/// has received the peer's FIN completes normally, even if the other direction fails.
/// </summary>
/// <remarks>One reader and one writer at a time, as with any pipe. States: <see cref="StreamState"/>.</remarks>
public sealed class MuxStream : IDuplexPipe, IAsyncDisposable
{
    private readonly Outbox outbox;
    private readonly StreamTable table;
    private readonly Heartbeat heartbeat;
    private readonly StreamInput input;
    private readonly StreamOutput output;

    // Guarded by Outbox.Gate.
    private StreamState state = StreamState.Open;
    private bool isOver; // closed, and the input knows it
    private bool disposed;

    // Created on first use. Their callbacks run on the thread pool, never under the gate.
    private CancellationTokenSource? closedSource;
    private CancellationTokenSource? inputEndedSource;
    private volatile bool remoteFinished;
    private volatile bool answered;

    internal MuxStream(
        uint id,
        OpenPayload open,
        Outbox outbox,
        StreamTable table,
        Heartbeat heartbeat,
        int sendCredit,
        ReceiveWindow window,
        bool runReaderInline
    )
    {
        Id = id;
        Open = open;
        this.outbox = outbox;
        this.table = table;
        this.heartbeat = heartbeat;
        input = new StreamInput(this, window, runReaderInline);
        output = new StreamOutput(this, outbox, sendCredit);
    }

    public uint Id { get; }

    public OpenPayload Open { get; }

    public PipeReader Input => input;

    public PipeWriter Output => output;

    /// <summary>True once DATA or FIN arrived: the stream must not be reopened (W12). WINDOW does not count.</summary>
    public bool Answered => answered;

    /// <summary>
    /// Cancelled when the stream closes: reset by either side, lost, or FIN in both directions. After an early end a read
    /// fails, even if received bytes are unread, unless the peer's FIN was received.
    /// </summary>
    public CancellationToken Closed => GetToken(ref closedSource, () => isOver);

    /// <summary>
    /// Cancelled when no more bytes will arrive, by FIN or an early end, even if bytes are unread and nothing reads
    /// <see cref="Input"/>. It notifies the agent that the client has disconnected.
    /// </summary>
    public CancellationToken InputEnded => GetToken(ref inputEndedSource, () => remoteFinished || isOver);

    /// <summary>Owned by the read loop: the reader is woken after the current batch of frames.</summary>
    internal bool IsNotedToWake { get; set; }

    /// <summary>
    /// Reads like <see cref="Input"/>, but an early end is a cancelled empty result instead of an exception. For the relay:
    /// most short connections end this way, and the exceptions would be a tenth of its cost.
    /// </summary>
    /// <exception cref="InvalidOperationException">The reader has been completed, or a read is pending.</exception>
    public ValueTask<ReadResult> ReadOrEndAsync() => input.ReadOrEndAsync();

    public void Abort(StreamErrorCode code)
    {
        WriteStart start;
        lock (outbox.Gate)
        {
            if (state == StreamState.Closed)
            {
                return;
            }

            Close_NeedsLock(ClosedReason.ResetLocally);
            output.Fail_NeedsLock(StreamEnd.ResetLocally, code);
            outbox.Reset_NeedsLock(Id, code);
            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
        AfterEarlyEnd(StreamEnd.ResetLocally, code);
    }

    /// <summary>
    /// Reports that the handler has ended (W3). Does not wait: written bytes are still delivered, then the stream is reset
    /// if the peer does not end it within <see cref="MuxOptions.Linger"/>.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        Release();
        return ValueTask.CompletedTask;
    }

    internal void Release()
    {
        output.Complete();
        input.Complete();
        lock (outbox.Gate)
        {
            if (disposed)
            {
                return;
            }

            disposed = true;
            if (state == StreamState.Closed)
            {
                table.Free_NeedsLock();
            }
            else
            {
                table.Linger_NeedsLock(this);
            }
        }
    }

    internal void AddWindow_NeedsLock(int credit) => outbox.Window_NeedsLock(output, credit);

    internal void SendFirst_NeedsLock(ReadOnlySpan<byte> data) => output.SendFirst_NeedsLock(data);

    /// <summary>Read loop: DATA. True if <see cref="Wake"/> should follow.</summary>
    internal bool OnData(ReadOnlySpan<byte> data)
    {
        ThrowIfRemoteFinished("DATA");
        answered = true;
        return input.Receive(data);
    }

    internal void Wake() => input.Wake();

    /// <summary>Read loop: FIN.</summary>
    internal void OnFin()
    {
        ThrowIfRemoteFinished("FIN");
        answered = true;
        bool closed;
        lock (outbox.Gate)
        {
            if (state == StreamState.Closed)
            {
                return; // crossed our RST
            }

            remoteFinished = true;
            _ = inputEndedSource?.CancelAsync();
            closed = state == StreamState.HalfClosedLocal;
            if (closed)
            {
                Close_NeedsLock(ClosedReason.Finished);
            }
            else
            {
                state = StreamState.HalfClosedRemote;
            }
        }

        input.Finish();
        if (closed)
        {
            SignalClosed();
        }

        input.Wake();
        if (closed)
        {
            table.AfterClose();
        }
    }

    /// <summary>Read loop: RST. Never answered.</summary>
    internal void OnRst(StreamErrorCode code) => EndEarly(StreamEnd.ResetByPeer, code, ClosedReason.ResetByPeer);

    /// <summary>Read loop: WINDOW.</summary>
    /// <exception cref="MuxConnectionException">The credit is 0, or exceeds what may be outstanding (W2).</exception>
    internal void OnWindow(uint credit)
    {
        WriteStart start;
        lock (outbox.Gate)
        {
            if (credit > (uint)(TunnelProtocol.MaxWindowBytes - output.Credit))
            {
                throw new MuxConnectionException(
                    ConnectionErrorCode.FlowControl,
                    $"WINDOW on stream {Id} exceeds the credit that may be outstanding."
                );
            }

            output.AddCredit_NeedsLock((int)credit);
            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
    }

    /// <summary>Closes the stream without a frame: the connection is lost, or its agent never handled the stream.</summary>
    internal void OnLost(StreamEnd end) =>
        EndEarly(
            end,
            end == StreamEnd.NotHandled ? StreamErrorCode.Refused : StreamErrorCode.Internal,
            ClosedReason.ResetLocally
        );

    internal void SendCredit(int credit, bool mayGrow)
    {
        WriteStart start;
        lock (outbox.Gate)
        {
            if (state == StreamState.Closed || remoteFinished)
            {
                return;
            }

            AddWindow_NeedsLock(credit);
            if (mayGrow)
            {
                heartbeat.Measure_NeedsLock(); // a stream that moves this much may need a larger window
            }

            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
    }

    internal void LocalFin_NeedsLock()
    {
        if (state is StreamState.HalfClosedLocal or StreamState.Closed)
        {
            return;
        }

        outbox.Fin_NeedsLock(Id);
        if (state == StreamState.HalfClosedRemote)
        {
            Close_NeedsLock(ClosedReason.Finished);
            SignalClosed_NeedsLock();
        }
        else
        {
            state = StreamState.HalfClosedLocal;
        }
    }

    internal bool IsClosed_NeedsLock => state == StreamState.Closed;

    private void EndEarly(StreamEnd end, StreamErrorCode code, ClosedReason reason)
    {
        lock (outbox.Gate)
        {
            if (state == StreamState.Closed)
            {
                return;
            }

            Close_NeedsLock(reason);
            output.Fail_NeedsLock(end, code);
        }

        AfterEarlyEnd(end, code);
    }

    private void AfterEarlyEnd(StreamEnd end, StreamErrorCode code)
    {
        // In this order, so that a consumer sees the same result by the token and by its read.
        input.Fail(end, code);
        SignalClosed();
        input.Wake();
        table.AfterClose();
    }

    private void Close_NeedsLock(ClosedReason reason)
    {
        state = StreamState.Closed;
        table.Close_NeedsLock(this, reason);
        if (disposed)
        {
            table.Free_NeedsLock();
        }
    }

    private void SignalClosed()
    {
        lock (outbox.Gate)
        {
            SignalClosed_NeedsLock();
        }
    }

    private void SignalClosed_NeedsLock()
    {
        isOver = true;
        _ = closedSource?.CancelAsync();
        _ = inputEndedSource?.CancelAsync();
    }

    private CancellationToken GetToken(ref CancellationTokenSource? source, Func<bool> hasHappened)
    {
        lock (outbox.Gate)
        {
            source ??= new CancellationTokenSource();
            if (hasHappened())
            {
                source.Cancel(); // no callback is registered yet if it was just created
            }

            return source.Token;
        }
    }

    private void ThrowIfRemoteFinished(string frame)
    {
        if (remoteFinished)
        {
            throw new MuxConnectionException(
                ConnectionErrorCode.Protocol,
                $"{frame} arrived on stream {Id} after its FIN."
            );
        }
    }
}
