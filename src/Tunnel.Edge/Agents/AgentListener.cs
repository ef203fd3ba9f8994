using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Addresses;
using Culvert.Platform.Certificates;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Telemetry;
using Culvert.Tunnel.Protocol;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Transport;
using Culvert.Tunnel.Protocol.Windows;

namespace Culvert.Tunnel.Edge.Agents;

/// <summary>Accepts agents on 7844: TLS 1.3 with a client certificate, no resumption, our own checks, then HELLO.</summary>
internal sealed class AgentListener(
    AgentOptions options,
    string edgeId,
    EdgeState state,
    AgentRegistry registry,
    EdgeMetrics metrics,
    TimeProvider time,
    ILogger<AgentListener> logger
)
{
    private static readonly SslApplicationProtocol Alpn = new(TunnelProtocol.Alpn);

    private readonly WindowBudget windows = new(WindowBudget.ProcessBytes); // W1
    private readonly SourceLimiter handshakes = new(options.HandshakesPerSource, options.NewPerSource, time);
    private volatile AgentOptions options = options;
    private int connections;

    public void Use(AgentOptions next)
    {
        options = next;
        handshakes.Use(next.HandshakesPerSource, next.NewPerSource);
    }

    /// <summary>Takes ownership of an accepted socket. Completes when its connection is closed; never throws.</summary>
    public async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        var remote = Remote(socket);
        try
        {
            if (Interlocked.Increment(ref connections) > options.MaxConnections)
            {
                Refuse(remote, AgentRefusal.EdgeFull, "");
                return;
            }

            if (!handshakes.TryEnter(remote.Address))
            {
                metrics.AgentRefused(nameof(AgentRefusal.SourceLimit)); // not logged: that would be a flood, too
                return;
            }

            OuterSocket.Prepare(socket);
            var gathering = new GatheringStream(new NetworkStream(socket, ownsSocket: true));
            await using var tls = new SslStream(gathering);
            PeerVerification? peer;
            try
            {
                peer = await AuthenticateAsync(tls, remote, cancellationToken);
            }
            finally
            {
                handshakes.Release(remote.Address);
            }

            if (peer is not null)
            {
                gathering.Begin();
                await ServeAsync(tls, socket, peer, remote, cancellationToken);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // An error of one connection must not stop the listener.
            Log.AgentFaulted(logger, e, remote);
        }
        finally
        {
            Interlocked.Decrement(ref connections);
            socket.Dispose();
        }
    }

    /// <summary>Removes idle addresses. Call periodically.</summary>
    public void Sweep() => handshakes.Sweep();

    private async Task<PeerVerification?> AuthenticateAsync(
        SslStream tls,
        IPEndPoint remote,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var age = state.AgeOfFeed(now, options.OfflineGrace);
        if (state.Snapshot is not { } snapshot || state.Certificate is not { } certificate)
        {
            return Refuse(remote, AgentRefusal.NotReady, "");
        }

        if (state.Withdrawal is { } withdrawal)
        {
            return Refuse(remote, AgentRefusal.Withdrawn, withdrawal);
        }

        if (state.IsDraining)
        {
            return Refuse(remote, AgentRefusal.EdgeDraining, "");
        }

        if (age == FeedAge.Stale)
        {
            return Refuse(remote, AgentRefusal.FeedStale, "");
        }

        PeerVerification? peer = null;
        using var deadline = new TimeLimit(options.HandshakeTimeout, time, cancellationToken);
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificate.Context,
                    ClientCertificateRequired = true,
                    EnabledSslProtocols = SslProtocols.Tls13,
                    ApplicationProtocols = [Alpn],
                    AllowTlsResume = false, // S9: a resumed session would skip the checks below
                    AllowRenegotiation = false,
                    CertificateChainPolicy = snapshot.Trust.ChainPolicy(now),
                    RemoteCertificateValidationCallback = (_, leaf, chain, _) =>
                    {
                        peer = AgentAdmission.Verify(snapshot, leaf as X509Certificate2, chain, now);
                        return peer.IsAccepted;
                    },
                },
                deadline.Token
            );
        }
        catch (Exception e)
        {
            // The peer is not authenticated yet and causes any exception of the TLS library: it is not our error.
            cancellationToken.ThrowIfCancellationRequested();
            return peer is { IsAccepted: false }
                ? Refuse(remote, ToRefusal(peer), peer.Refusal.ToString())
                : Refuse(remote, AgentRefusal.Handshake, e.Message);
        }

        if (tls.NegotiatedApplicationProtocol != Alpn)
        {
            return Refuse(remote, AgentRefusal.Protocol, "");
        }

        if (peer is not { IsAccepted: true })
        {
            return Refuse(remote, AgentRefusal.Certificate, PeerRefusal.NoCertificate.ToString());
        }

        // The handshake used the longest grace of all tunnels; this check uses the tunnel's own.
        var grace = snapshot.OfflineGrace(peer.Id.TunnelId!, options.OfflineGrace);
        if (FeedContact.Age(state.LastContact, now, grace) == FeedAge.Stale)
        {
            return Refuse(remote, AgentRefusal.FeedStale, peer.Id.ToString());
        }

        // The snapshot may have changed during the handshake.
        var refusal = AgentAdmission.Check(state.Snapshot ?? snapshot, peer.Id, peer.Serial, remote.Address);
        return refusal == AgentRefusal.None ? peer : Refuse(remote, refusal, peer.Id.ToString());
    }

    private async Task ServeAsync(
        SslStream tls,
        Socket socket,
        PeerVerification peer,
        IPEndPoint remote,
        CancellationToken cancellationToken
    )
    {
        var mux = new MuxConnection(
            tls,
            MuxRole.Edge,
            new MuxOptions
            {
                InstanceId = edgeId,
                MaxStreams = TunnelProtocol.MaxStreamsCeiling, // the limit in the agent's HELLO applies
                ProcessWindows = windows,
                BytesTaken = () => OuterSocket.BytesAcknowledged(socket),
                HoldsHello = true,
                RunReadersInline = true, // the relay neither blocks nor computes
            },
            time
        );
        var running = mux.RunAsync(cancellationToken);
        try
        {
            await mux.PeerHello;
        }
        catch (IOException e)
        {
            Refuse(remote, AgentRefusal.Hello, e.Message);
            await running;
            return;
        }

        var connection = new AgentConnection(mux, peer.Id!, peer.Serial!, peer.NotBefore, peer.NotAfter, remote);
        connection.DisconnectsBefore = registry.CountDisconnects(connection);
        registry.Add(connection);
        Log.AgentConnected(logger, connection.TunnelId, connection.InstanceId, connection.Serial, remote);

        // Applies a snapshot that arrived between the checks above and the registration.
        if (state.Snapshot is { } current)
        {
            registry.Apply(current, connection);
        }

        // Only now: an agent that receives our HELLO closes the connection that this one replaces.
        mux.Accept();
        await running;
        registry.Remove(connection);
        Log.AgentDisconnected(logger, connection.TunnelId, connection.InstanceId, connection.Serial, mux.Outcome!);
    }

    private PeerVerification? Refuse(IPEndPoint remote, AgentRefusal refusal, string detail)
    {
        metrics.AgentRefused(refusal.ToString());
        Log.AgentRefused(logger, remote, refusal, detail);
        return null;
    }

    private static AgentRefusal ToRefusal(PeerVerification peer) =>
        peer.Refusal == PeerRefusal.Revoked ? AgentRefusal.Revoked : AgentRefusal.Certificate;

    private static IPEndPoint Remote(Socket socket)
    {
        var remote = (IPEndPoint)socket.RemoteEndPoint!;
        return new IPEndPoint(AddressRanges.Normalise(remote.Address), remote.Port);
    }
}
