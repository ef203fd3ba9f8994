using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Protocol.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>A client connection for Kestrel: its bytes are inner TLS, and any kind of tunnel carries them.</summary>
internal abstract class InnerConnection : DefaultConnectionContext, ITunnelConnection, IMemoryPoolFeature
{
    // Ample time for a round trip and for the client to read.
    private static readonly TimeSpan DeliveryTime = TimeSpan.FromSeconds(5);

    private readonly TimeProvider time;
    private readonly Action<InnerConnection> ended;
    private readonly CancellationToken inputEnded;
    private readonly CancellationTokenSource closed = new();
    private readonly CancellationTokenRegistration peerGone;
    private readonly Lock gate = new();
    private (string Host, string Value) forwarded = ("", "");
    private bool started; // guarded by gate
    private bool closeRequested; // guarded by gate
    private volatile bool deliverBeforeAbort;

    /// <param name="inputEnded">Fires when the client sends no more, or has disconnected.</param>
    protected InnerConnection(
        string id,
        IDuplexPipe transport,
        IPEndPoint client,
        TimeProvider time,
        Action<InnerConnection> ended,
        CancellationToken inputEnded
    )
        : base(id)
    {
        (this.inputEnded, this.time, this.ended) = (inputEnded, time, ended);
        (Client, Carrier) = (client, transport);
        Transport = transport;
        RemoteEndPoint = client;
        LocalEndPoint = TunnelEndPoint.Instance;
        ConnectionClosed = closed.Token;
        Features.Set<ITunnelConnection>(this);

        // P3: the exchange of a disconnected client must end even if nothing reads from the connection, as during a long
        // response. Queued, because Kestrel's own callbacks run user code.
        peerGone = inputEnded.UnsafeRegister(
            static self => ThreadPool.UnsafeQueueUserWorkItem(static c => c.Close(), (InnerConnection)self!, false),
            this
        );
    }

    /// <summary>Kestrel's own blocks for TLS and HTTP; the shared pool would allocate an owner each time.</summary>
    public MemoryPool<byte> MemoryPool { get; private set; } = MemoryPool<byte>.Shared;

    /// <summary>Called after the connection has ended, if a server accepted it.</summary>
    public Action? Closed { get; set; }

    public abstract string ServerName { get; }

    public IPEndPoint Client { get; }

    // TLS replaces the transport by its own while it lasts.
    private IDuplexPipe Carrier { get; }

    public abstract string Workload { get; }

    public void UseMemory(MemoryPool<byte> pool)
    {
        MemoryPool = pool;
        Features.Set<IMemoryPoolFeature>(this);
    }

    public string Forwarded(string host)
    {
        // A connection has one client and, in practice, one host. Requests of one HTTP/2 connection may race here: each
        // sees a complete pair.
        var last = forwarded;
        if (last.Host != host)
        {
            last = (host, FormatForwarded(host));
            forwarded = last;
        }

        return last.Value;
    }

    /// <summary>True when the connection should close after its next response.</summary>
    public bool ClosesAfterAnswer { get; private set; }

    /// <summary>Delivers the written bytes before an abort: a response that breaks off stays unfinished.</summary>
    public void DeliverBeforeAbort() => deliverBeforeAbort = true;

    /// <summary>First connection middleware: from here on the server obeys <see cref="RequestClose"/>.</summary>
    public static ConnectionDelegate Start(ConnectionDelegate next) =>
        context =>
        {
            ((InnerConnection)context).OnStarted();
            return next(context);
        };

    /// <summary>Connection middleware after TLS: executes a close that was requested during the handshake.</summary>
    public static ConnectionDelegate Agree(ConnectionDelegate next) =>
        context =>
        {
            if (context is InnerConnection { ClosesAfterAnswer: true } connection)
            {
                connection.CloseAfterAnswer(); // the protocol is known now
            }

            return next(context);
        };

    /// <summary>
    /// Closes the connection without a race with the client's next request (W13). HTTP/2 can state at any time which
    /// requests it has accepted; HTTP/1.1 only in a response, so its next response has <c>Connection: close</c>.
    /// </summary>
    public void CloseAfterAnswer()
    {
        ClosesAfterAnswer = true;
        if (Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual("h2"u8) == true)
        {
            RequestClose();
        }
    }

    /// <summary>Closes the connection, with close_notify, as soon as no request runs.</summary>
    public void RequestClose()
    {
        lock (gate)
        {
            closeRequested = true;
            if (!started)
            {
                return;
            }
        }

        Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (deliverBeforeAbort)
        {
            _ = EndAfterDeliveryAsync();
        }
        else
        {
            AbortCarrier(StreamErrorCode.Cancelled);
        }

        ThreadPool.UnsafeQueueUserWorkItem(static c => c.Close(), this, false);
    }

    public override async ValueTask DisposeAsync()
    {
        await Transport.Input.CompleteAsync();
        await Transport.Output.CompleteAsync();
        await peerGone.DisposeAsync();
        Close();
        await DisposeCarrierAsync();
        ended(this);
        Closed?.Invoke();
        Closed = null;
        await base.DisposeAsync();
    }

    /// <summary>The client's address and the requested host, for the upstream.</summary>
    protected virtual string FormatForwarded(string host) => ForwardedHeader.Format(Client.Address, host);

    /// <summary>Aborts the carrying stream or connection, in both directions.</summary>
    protected abstract void AbortCarrier(StreamErrorCode code);

    protected abstract ValueTask DisposeCarrierAsync();

    // Sends FIN after the written bytes, and waits a limited time for the client to close its side.
    private async Task EndAfterDeliveryAsync()
    {
        await Carrier.Output.CompleteAsync();
        try
        {
            await Task.Delay(DeliveryTime, time, inputEnded);
        }
        catch (OperationCanceledException)
        {
            // The client closed its side, as expected.
        }

        AbortCarrier(StreamErrorCode.UpstreamGone);
    }

    private void OnStarted()
    {
        bool late;
        lock (gate)
        {
            started = true;
            late = closeRequested;
        }

        if (late)
        {
            RequestClose();
        }
    }

    private void Close()
    {
        try
        {
            closed.Cancel();
        }
        catch (AggregateException)
        {
            // Callbacks belong to Kestrel and the exchange; their exceptions end their own requests, not this thread.
        }
    }
}
