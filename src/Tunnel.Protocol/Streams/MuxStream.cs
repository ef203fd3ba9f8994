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
/// completes on the peer's FIN; both fail with <see cref="MuxStreamException"/> when the stream ends early. A reader that has
/// everything up to the peer's FIN keeps that end, whatever becomes of the other direction.
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

    /// <summary>The stream's number on the wire.</summary>
    public uint Id { get; }

    /// <summary>What the edge said about the client connection.</summary>
    public OpenPayload Open { get; }

    /// <inheritdoc />
    public PipeReader Input => input;

    /// <inheritdoc />
    public PipeWriter Output => output;

    /// <summary>
    /// True once DATA or FIN has arrived: the stream must not be opened again elsewhere (W12). Credit is not a response; it
    /// is given to a stream before it is handled.
    /// </summary>
    public bool Answered => answered;

    /// <summary>
    /// Cancelled when the stream is closed: reset by either side, lost, or FIN in both directions. A read that follows an
    /// early end fails, even if bytes received before it are still unread; one that has reached the peer's FIN does not.
    /// </summary>
    public CancellationToken Closed => GetToken(ref closedSource, () => isOver);

    /// <summary>
    /// Cancelled when no more bytes will come: the peer's FIN or the end of the stream, even if no reader waits
    /// <see cref="Input"/> and bytes received before are still unread. The agent learns by it that the client is gone.
    /// </summary>
    public CancellationToken InputEnded => GetToken(ref inputEndedSource, () => remoteFinished || isOver);

    /// <summary>Owned by the read loop: its reader is woken when the current batch of frames is through.</summary>
    internal bool IsNotedToWake { get; set; }

    /// <summary>
    /// Reads as <see cref="Input"/> does, except that an early end is a cancelled and empty result instead of an exception.
    /// For a relay: most short connections end so, and exceptions would be a tenth of what relaying one costs.
    /// </summary>
    /// <exception cref="InvalidOperationException">The reader has been completed, or a read is waiting already.</exception>
    public ValueTask<ReadResult> ReadOrEndAsync() => input.ReadOrEndAsync();

    /// <summary>Sends RST in both directions, unless the stream is closed already.</summary>
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
    /// Says that the handler has unwound (W3). Does not wait: what was written is still delivered, then the stream is
    /// reset if the peer does not end it in time (<see cref="MuxOptions.Linger"/>).
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

    /// <summary>Credit for the peer that leaves with what is sent next.</summary>
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
    /// <exception cref="MuxConnectionException">No credit, or more than may be outstanding (W2).</exception>
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

    /// <summary>The stream closes without a frame to the peer: the connection is lost, or its agent never started on it.</summary>
    internal void OnLost(StreamEnd end) =>
        EndEarly(
            end,
            end == StreamEnd.NotHandled ? StreamErrorCode.Refused : StreamErrorCode.Internal,
            ClosedReason.ResetLocally
        );

    /// <summary>Consumer: gives the peer credit for what has been consumed.</summary>
    internal void GiveCredit(int credit, bool mayGrow)
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
                heartbeat.Measure_NeedsLock(); // a stream that moves so much may be worth a larger window
            }

            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
    }

    /// <summary>Output: everything written before its completion is framed.</summary>
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
        // In this order, so that a consumer that learns of the end by the token or by its read finds the other one agreeing.
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
