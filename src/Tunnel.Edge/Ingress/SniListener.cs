using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Configuration;
using Culvert.Platform.Telemetry;
using Culvert.Platform.Tls;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Telemetry;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>
/// Accepts clients on 9443: reads the ClientHello, decides (S21, S23), opens a stream on an agent's connection with the
/// hello as its first bytes, and relays. It terminates no TLS and holds no key that could.
/// </summary>
internal sealed class SniListener(
    SniOptions options,
    EdgeState state,
    ClientForwarder forwarder,
    TunnelTrafficRegistry traffic,
    ChallengeGate challenges,
    EdgeMetrics metrics,
    TimeProvider time,
    ILogger<SniListener> logger,
    Traces? traces = null
)
{
    // A challenge is one handshake, after which the agent closes. This limit is for a CA that does not close.
    private static readonly TimeSpan ChallengeLife = TimeSpan.FromSeconds(10);

    // A challenge's bytes do not count for the tunnel, because the CA is not a client of the tunnel.
    private static readonly TunnelLimits NoLimits = new(int.MaxValue, new Rate(int.MaxValue, TimeSpan.FromSeconds(1)));

    private volatile SniOptions current = options;
    private int arriving;

    public void Use(SniOptions next) => current = next;

    /// <summary>Clients whose stream is not open yet. An edge that stops connects these to an agent first.</summary>
    public int Arriving => Volatile.Read(ref arriving);

    public async Task ServeAsync(Socket socket, IPEndPoint client, CancellationToken cancellationToken)
    {
        var isArriving = 1;
        Interlocked.Increment(ref arriving);
        var now = current;
        using var span = ConnectionSpan.Begin(traces, ConnectionSpan.Sni, time);
        using var hello = new FirstBytes(now.MaxHelloBytes);
        try
        {
            using var transport = new SocketTransport(socket);
            var (refusal, read) = await ReadHelloAsync(transport, hello, now, cancellationToken);
            TunnelRoute? tunnel = null;
            if (refusal == IngressRefusal.None)
            {
                refusal = IngressPolicy.Check(state.Snapshot, read!, client.Address, time.GetUtcNow(), out tunnel);
            }

            // An acme-tls/1 hello that the policy accepts is an announced challenge.
            var isChallenge = refusal == IngressRefusal.None && read!.IsChallenge;
            if (isChallenge && !challenges.TryEnter(read!.ServerName, client.Address))
            {
                refusal = IngressRefusal.AcmeRate;
            }

            if (refusal != IngressRefusal.None)
            {
                await RefuseAsync(socket, client, refusal, tunnel, span);
                return;
            }

            var context = new ClientContext(client, read!.ServerName, null) { IsChallenge = isChallenge, Span = span };
            await (
                isChallenge
                    ? ForwardChallengeAsync(transport, socket, context, tunnel!, hello, Arrive)
                    : ForwardAsync(transport, socket, context, tunnel!, hello, Arrive)
            );
        }
        finally
        {
            Arrive();
        }

        void Arrive()
        {
            if (Interlocked.Exchange(ref isArriving, 0) == 1)
            {
                Interlocked.Decrement(ref arriving);
            }
        }
    }

    private async Task<(IngressRefusal, ClientHello?)> ReadHelloAsync(
        SocketTransport transport,
        FirstBytes hello,
        SniOptions now,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(now.HandshakeTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var (refusal, read, length) = await HelloReading.ReadAsync(
            transport,
            hello.Buffer,
            now.MaxHelloBytes,
            both.Token
        );
        cancellationToken.ThrowIfCancellationRequested();
        hello.Length = length;
        return (refusal, read);
    }

    private async Task ForwardAsync(
        SocketTransport transport,
        Socket socket,
        ClientContext context,
        TunnelRoute tunnel,
        FirstBytes hello,
        Action placed
    )
    {
        var counts = traffic.GetOrAdd(tunnel);
        if (!counts.TryEnter())
        {
            await RefuseAsync(socket, context.Client, IngressRefusal.TunnelLimit, tunnel, context.Span);
            return;
        }

        try
        {
            if (!await forwarder.RunAsync(transport, context, tunnel, hello, counts, placed))
            {
                await RefuseAsync(socket, context.Client, IngressRefusal.NoAgent, tunnel, context.Span);
            }
        }
        finally
        {
            counts.Leave();
        }
    }

    /// <summary>Relays a challenge like a client, but for seconds and outside the tunnel's limits and counters.</summary>
    private async Task ForwardChallengeAsync(
        SocketTransport transport,
        Socket socket,
        ClientContext context,
        TunnelRoute tunnel,
        FirstBytes hello,
        Action placed
    )
    {
        var uncounted = new TunnelTraffic(tunnel.Id, NoLimits, time);
        await using var life = time.CreateTimer(
            static state =>
            {
                var over = (SocketTransport)state!;
                over.Reset();
                over.Dispose();
            },
            transport,
            ChallengeLife,
            Timeout.InfiniteTimeSpan
        );
        if (!await forwarder.RunAsync(transport, context, tunnel, hello, uncounted, placed))
        {
            await RefuseAsync(socket, context.Client, IngressRefusal.NoAgent, tunnel, context.Span);
        }
    }

    private async Task RefuseAsync(
        Socket socket,
        IPEndPoint client,
        IngressRefusal refusal,
        TunnelRoute? tunnel,
        ConnectionSpan? span
    )
    {
        metrics.ClientRefused(refusal.ToString());
        span?.Refuse(refusal.ToString(), tunnel?.Id);
        if (tunnel is not null)
        {
            traffic.GetOrAdd(tunnel).CountRefused();
        }

        Log.ClientRefused(logger, client, refusal, tunnel?.Id ?? "");
        if (IngressPolicy.AlertFor(refusal) is not { } alert)
        {
            return; // closed without an alert
        }

        try
        {
            await socket.SendAsync(TlsAlerts.Record(alert), SocketFlags.None);
            socket.Shutdown(SocketShutdown.Both); // sends the alert before the close, even if bytes are unread
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client has disconnected, or its time is over.
        }
    }
}
