using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Configuration;
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
    IngressParts parts,
    ChallengeGate challenges,
    ILogger<SniListener> logger
) : ClientListener(options, parts, ConnectionSpan.Sni, logger)
{
    // A challenge is one handshake, after which the agent closes. This limit is for a CA that does not close.
    private static readonly TimeSpan ChallengeLife = TimeSpan.FromSeconds(10);

    // A challenge's bytes do not count for the tunnel, because the CA is not a client of the tunnel.
    private static readonly TunnelLimits NoLimits = new(int.MaxValue, new Rate(int.MaxValue, TimeSpan.FromSeconds(1)));

    protected override async Task ServeAsync(
        Socket socket,
        IPEndPoint client,
        ConnectionSpan? span,
        Action placed,
        CancellationToken cancellationToken
    )
    {
        var now = Current;
        using var hello = new FirstBytes(now.MaxHelloBytes);
        using var transport = new SocketTransport(socket);
        var (refusal, read) = await ReadHelloAsync(transport, hello, now, cancellationToken);
        TunnelRoute? tunnel = null;
        if (refusal == IngressRefusal.None)
        {
            refusal = IngressPolicy.Check(
                Parts.State.Snapshot,
                read!,
                client.Address,
                Parts.Time.GetUtcNow(),
                out tunnel
            );
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
                ? ForwardChallengeAsync(transport, socket, context, tunnel!, hello, placed)
                : ForwardAsync(transport, socket, context, tunnel!, hello, placed)
        );
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
        var counts = Parts.Traffic.GetOrAdd(tunnel);
        if (!counts.TryEnter())
        {
            await RefuseAsync(socket, context.Client, IngressRefusal.TunnelLimit, tunnel, context.Span);
            return;
        }

        try
        {
            if (!await Parts.Forwarder.RunAsync(transport, context, tunnel, hello, counts, placed))
            {
                await RefuseAsync(socket, context.Client, IngressRefusal.NoAgent, tunnel, context.Span);
            }
        }
        finally
        {
            counts.Release();
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
        var uncounted = new TunnelTraffic(tunnel.Id, NoLimits, Parts.Time);
        await using var life = Parts.Time.CreateTimer(
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
        if (!await Parts.Forwarder.RunAsync(transport, context, tunnel, hello, uncounted, placed))
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
        Record(client, refusal, tunnel, span);
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
