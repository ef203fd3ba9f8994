using System.Net;
using System.Net.Sockets;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Hosting;
using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>
/// Takes clients on 9443: reads the ClientHello, decides (S21, S23), opens a stream on an agent's connection with the
/// hello as its first bytes, and relays. Ends no TLS and holds no key that could.
/// </summary>
internal sealed class SniListener(
    SniOptions options,
    EdgeState state,
    ClientForwarder forwarder,
    TrafficBook traffic,
    EdgeMetrics metrics,
    TimeProvider time,
    ILogger<SniListener> logger
)
{
    private int arriving;

    /// <summary>Clients whose stream is not open yet; an edge that stops brings these to an agent first.</summary>
    public int Arriving => Volatile.Read(ref arriving);

    /// <summary>Serves a client that has passed the door until its connection is over.</summary>
    public async Task ServeAsync(Socket socket, IPEndPoint client, CancellationToken cancellationToken)
    {
        var isArriving = 1;
        Interlocked.Increment(ref arriving);
        using var hello = new FirstBytes(options.MaxHelloBytes);
        try
        {
            using var transport = new SocketTransport(socket);
            var (refusal, read) = await ReadHelloAsync(transport, hello, cancellationToken);
            TunnelRoute? tunnel = null;
            if (refusal == IngressRefusal.None)
            {
                refusal = IngressPolicy.Check(state.Snapshot, read!, client.Address, out tunnel);
            }

            if (refusal != IngressRefusal.None)
            {
                await RefuseAsync(socket, client, refusal, tunnel);
                return;
            }

            await ForwardAsync(
                transport,
                socket,
                new ClientVisit(client, read!.ServerName, null),
                tunnel!,
                hello,
                Arrive
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
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(options.HandshakeTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var (refusal, read, length) = await HelloReading.ReadAsync(
            transport,
            hello.Buffer,
            options.MaxHelloBytes,
            both.Token
        );
        cancellationToken.ThrowIfCancellationRequested();
        hello.Length = length;
        return (refusal, read);
    }

    private async Task ForwardAsync(
        SocketTransport transport,
        Socket socket,
        ClientVisit visit,
        TunnelRoute tunnel,
        FirstBytes hello,
        Action placed
    )
    {
        var counts = traffic.Of(tunnel);
        if (!counts.TryEnter())
        {
            await RefuseAsync(socket, visit.Client, IngressRefusal.TunnelLimit, tunnel);
            return;
        }

        try
        {
            if (!await forwarder.RunAsync(transport, visit, tunnel, hello, counts, placed))
            {
                await RefuseAsync(socket, visit.Client, IngressRefusal.NoAgent, tunnel);
            }
        }
        finally
        {
            counts.Leave();
        }
    }

    private async Task RefuseAsync(Socket socket, IPEndPoint client, IngressRefusal refusal, TunnelRoute? tunnel)
    {
        metrics.ClientRefused(refusal);
        if (tunnel is not null)
        {
            traffic.Of(tunnel).CountRefused();
        }

        Log.ClientRefused(logger, client, refusal, tunnel?.Id ?? "");
        if (IngressPolicy.AlertFor(refusal) is not { } alert)
        {
            return; // closed without a word
        }

        try
        {
            await socket.SendAsync(TlsAlerts.Record(alert), SocketFlags.None);
            socket.Shutdown(SocketShutdown.Both); // sends the alert ahead of the close, whatever is still unread
        }
        catch (SocketException)
        {
            // The client has left.
        }
    }
}
