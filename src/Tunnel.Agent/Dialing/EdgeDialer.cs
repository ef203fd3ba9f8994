using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Addresses;
using Culvert.Platform.Certificates;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Transport;

namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>Opens one outer connection: TCP, TLS 1.3 with both certificates, ALPN. Tries once.</summary>
/// <param name="limit">The limit of TCP and TLS together; read at each dial.</param>
internal sealed class EdgeDialer(Func<TimeSpan> limit, NetworkSource network, TimeProvider time)
{
    private readonly OutboundDialer dialer = new(network);

    public async Task<DialResult> DialAsync(string address, DialContext context, CancellationToken cancellationToken)
    {
        if (!HostPort.TryParse(address, out var target))
        {
            return DialResult.Failed(DialStage.Address, "It is not host:port.");
        }

        var timeout = limit();
        using var deadline = new TimeLimit(timeout, time, cancellationToken);
        var stage = DialStage.Connect;
        Stream? stream = null;
        try
        {
            stream = await dialer.ConnectAsync(target.Host, target.Port, deadline.Token);
            if (stream is NetworkStream direct)
            {
                OuterSocket.Prepare(direct.Socket);
            }

            stage = DialStage.Handshake;
            return await AuthenticateAsync(stream, target.Host, context, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await DisposeAsync(stream);
            return DialResult.Failed(
                stage,
                $"The connection timed out after {timeout.TotalSeconds:0.#} s.",
                ConnectCause.Silent
            );
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException)
        {
            await DisposeAsync(stream);
            return DialResult.Failed(stage, FailureText.Describe(e), ConnectCauses.Find(e));
        }
        catch
        {
            await DisposeAsync(stream);
            throw;
        }
    }

    private static ValueTask DisposeAsync(Stream? stream) => stream?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<DialResult> AuthenticateAsync(
        Stream stream,
        string host,
        DialContext context,
        CancellationToken cancellationToken
    )
    {
        PeerVerification? peer = null;
        var gathering = new GatheringStream(stream);
        var tls = new SslStream(gathering);
        try
        {
            await tls.AuthenticateAsClientAsync(Options(), cancellationToken);
        }
        catch (AuthenticationException) when (peer is { IsAccepted: false })
        {
            await tls.DisposeAsync();
            return DialResult.Failed(DialStage.Peer, $"The edge's certificate was refused: {peer.Refusal}.");
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }

        // S6: an edge of this agent's feed, not just any edge of the installation.
        if (peer is not { IsAccepted: true } accepted || !context.IsOwnEdge(accepted.Id.Name))
        {
            await tls.DisposeAsync();
            return DialResult.Failed(DialStage.Peer, $"{peer?.Id} is not an edge of this tunnel's feed.");
        }

        // W6: without the ALPN protocol the connection is unusable.
        if (tls.NegotiatedApplicationProtocol != Alpn)
        {
            await tls.DisposeAsync();
            return DialResult.Failed(DialStage.Handshake, "The peer does not speak culvert/1.");
        }

        gathering.Begin();
        return DialResult.Connected(tls, (stream as NetworkStream)?.Socket, accepted.Serial, accepted.NotAfter);

        SslClientAuthenticationOptions Options() =>
            new()
            {
                TargetHost = host,
                EnabledSslProtocols = SslProtocols.Tls13,
                ApplicationProtocols = [Alpn],
                ClientCertificateContext = context.Certificate.Context,

                // Without this the TLS library would fetch URLs in the peer's certificate before any check.
                CertificateChainPolicy = context.Trust.ChainPolicy(time.GetUtcNow()),

                // S9: after resumption neither side would see the other's certificate again.
                AllowTlsResume = false,
                RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                {
                    peer = new PeerVerifier(context.Trust).Verify(
                        certificate as X509Certificate2,
                        chain,
                        PeerRole.EdgeServer,
                        time.GetUtcNow(),
                        context.RevokedSerials
                    );
                    return peer.IsAccepted;
                },
            };
    }

    private static readonly SslApplicationProtocol Alpn = new(TunnelProtocol.Alpn);
}
