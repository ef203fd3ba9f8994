using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Protocol.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>One client as Kestrel sees it: a connection whose bytes are inner TLS, whatever kind of tunnel carries them.</summary>
internal abstract class InnerConnection : DefaultConnectionContext, ITunnelConnection, IMemoryPoolFeature
{
    // A round trip and the client's own reading, generously.
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

    /// <param name="id">Names it in logs and records.</param>
    /// <param name="transport">What carries its bytes.</param>
    /// <param name="client">Whom the agent takes for its client.</param>
    /// <param name="time">The clock of its end.</param>
    /// <param name="ended">Called when it has unwound, whichever consumer had it.</param>
    /// <param name="inputEnded">Fires when the client sends no more, or is gone.</param>
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

        // P3: a client that is gone must end its exchange even if no reader waits from the connection, which is the
        // rule during a long answer. Queued, because Kestrel's own callbacks run user code.
        peerGone = inputEnded.UnsafeRegister(
            static self => ThreadPool.UnsafeQueueUserWorkItem(static c => c.Close(), (InnerConnection)self!, false),
            this
        );
    }

    /// <summary>Kestrel's own blocks for the buffers of TLS and HTTP; the shared pool would allocate an owner each time.</summary>
    public MemoryPool<byte> MemoryPool { get; private set; } = MemoryPool<byte>.Shared;

    /// <summary>Called when it has unwound, if a server took it.</summary>
    public Action? Left { get; set; }

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
        // A connection has one client and, in practice, one host. Requests of one HTTP/2 connection may race here:
        // each sees some complete pair.
        var last = forwarded;
        if (last.Host != host)
        {
            last = (host, FormatForwarded(host));
            forwarded = last;
        }

        return last.Value;
    }

    /// <summary>True once the connection should end with its next answer.</summary>
    public bool ClosesAfterAnswer { get; private set; }

    /// <summary>
    /// Lets what was written reach the client when the connection is aborted: an answer that breaks off at the
    /// upstream ends for the client where the upstream left it, unfinished and without close_notify.
    /// </summary>
    public void DeliverBeforeAbort() => deliverBeforeAbort = true;

    /// <summary>First connection middleware: from here on the server listens to <see cref="RequestClose"/>.</summary>
    public static ConnectionDelegate Start(ConnectionDelegate next) =>
        context =>
        {
            ((InnerConnection)context).OnStarted();
            return next(context);
        };

    /// <summary>Connection middleware behind TLS: a close that was requested during the handshake is due now.</summary>
    public static ConnectionDelegate Agree(ConnectionDelegate next) =>
        context =>
        {
            if (context is InnerConnection { ClosesAfterAnswer: true } connection)
            {
                connection.CloseAfterAnswer(); // which protocol it speaks is known by now
            }

            return next(context);
        };

    /// <summary>
    /// Ends the connection without racing its client (W13). HTTP/2 can say at any moment which requests it took;
    /// HTTP/1.1 only in an answer, so there the next answer says <c>Connection: close</c>.
    /// </summary>
    public void CloseAfterAnswer()
    {
        ClosesAfterAnswer = true;
        if (Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual("h2"u8) == true)
        {
            RequestClose();
        }
    }

    /// <summary>Ends the connection as soon as no request runs, with close_notify.</summary>
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
        Left?.Invoke();
        Left = null;
        await base.DisposeAsync();
    }

    /// <summary>Who the client is, and which host it requested, for the upstream.</summary>
    protected virtual string FormatForwarded(string host) => ForwardedHeader.Format(Client.Address, host);

    /// <summary>Cuts off what carries the connection, in both directions.</summary>
    protected abstract void AbortCarrier(StreamErrorCode code);

    /// <summary>Called once, when both directions have completed.</summary>
    protected abstract ValueTask DisposeCarrierAsync();

    // FIN behind what was written; a client that does not end its side then is not waited for.
    private async Task EndAfterDeliveryAsync()
    {
        await Carrier.Output.CompleteAsync();
        try
        {
            await Task.Delay(DeliveryTime, time, inputEnded);
        }
        catch (OperationCanceledException)
        {
            // The client ended its side, as it should.
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
