using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Timing;
using Culvert.Platform.Tls;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Telemetry;

namespace Culvert.Tunnel.Edge.Ingress.Connect;

/// <summary>
/// Accepts clients on 9444 (S22): an outer TLS with our own certificate, in which the client may present its own, then one
/// CONNECT, then the client's TLS to the agent, which the edge cannot read either.
/// </summary>
/// <remarks>
/// Steps: handshake (collects the certificate) → request head → decision → 200 → hello → stream → relay. One deadline covers
/// everything before the 200, another the hello after it.
/// </remarks>
internal sealed class ConnectListener(SniOptions options, IngressParts parts, ILogger<ConnectListener> logger)
    : ClientListener(options, parts, ConnectionSpan.Connect, logger)
{
    protected override async Task ServeAsync(
        Socket socket,
        IPEndPoint client,
        ConnectionSpan? span,
        Action placed,
        CancellationToken cancellationToken
    )
    {
        var now = Current;
        await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        using var transport = new TlsTransport(socket, tls);
        using var deadline = new TimeLimit(now.HandshakeTimeout, Parts.Time, cancellationToken);
        var (handshake, presented) = await HandshakeAsync(tls, deadline.Token);
        if (handshake != IngressRefusal.None)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Record(client, handshake, null, span);
            return;
        }

        var (late, request, parent) = await ReadRequestAsync(tls, span is not null, deadline.Token);
        cancellationToken.ThrowIfCancellationRequested();
        if (late)
        {
            Record(client, IngressRefusal.HelloTimeout, null, span);
            return;
        }

        var refusal = ConnectPolicy.Check(
            Parts.State.Snapshot,
            request,
            now.PublicPort,
            presented,
            client.Address,
            Parts.Time.GetUtcNow(),
            out var tunnel,
            out var identity
        );
        if (refusal != IngressRefusal.None)
        {
            await RefuseAsync(transport, client, refusal, tunnel, span);
            return;
        }

        span?.Parent = parent;
        var context = new ClientContext(client, request!.ServerName, identity) { Span = span };
        await EstablishAsync(transport, context, tunnel!, now, placed, cancellationToken);
    }

    /// <summary>Collects the client's certificate without judging it, because the tunnel is not known yet.</summary>
    private async Task<(IngressRefusal, PresentedCertificate?)> HandshakeAsync(
        SslStream tls,
        CancellationToken cancellationToken
    )
    {
        if (Parts.State.Certificate is not { } certificate)
        {
            return (IngressRefusal.NotReady, null);
        }

        PresentedCertificate? presented = null;
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificate.Context,
                    ClientCertificateRequired = true,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    ApplicationProtocols = [SslApplicationProtocol.Http11],
                    AllowTlsResume = false, // S9: a resumed session would skip the certificate
                    AllowRenegotiation = false,
                    CertificateChainPolicy = CollectOnly(),
#pragma warning disable CA5359 // S22: the certificate is judged when the tunnel is known
                    RemoteCertificateValidationCallback = (_, leaf, chain, _) =>
                    {
                        presented = PresentedCertificate.Create(leaf, chain);
                        return true;
                    },
#pragma warning restore CA5359
                },
                cancellationToken
            );
            return (IngressRefusal.None, presented);
        }
        catch (Exception)
        {
            // The client is not authenticated yet and causes any exception of the TLS library: it is not our error.
            return (IngressRefusal.OuterHandshake, null);
        }
    }

    /// <summary>
    /// Reads the request; null if it is not acceptable, or if bytes follow it, because neither side may send before the 200.
    /// Late = the client disconnected or took too long, and gets no response. The trace header is parsed only if
    /// <paramref name="wantsTrace"/>.
    /// </summary>
    private static async Task<(bool Late, ConnectRequest? Request, ActivityContext Parent)> ReadRequestAsync(
        SslStream tls,
        bool wantsTrace,
        CancellationToken cancellationToken
    )
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ConnectParser.MaxHeadBytes);
        try
        {
            var length = 0;
            while (length < ConnectParser.MaxHeadBytes)
            {
                var space = buffer.AsMemory(length, ConnectParser.MaxHeadBytes - length);
                var read = await tls.ReadAsync(space, cancellationToken);
                if (read == 0)
                {
                    return (true, null, default);
                }

                length += read;
                var received = buffer.AsSpan(0, length);
                if (!ConnectParser.MayBegin(received))
                {
                    return (false, null, default);
                }

                if (ConnectParser.HeadLength(received) is > 0 and var head)
                {
                    var request = head == length ? ConnectParser.Parse(received) : null;
                    var parent = wantsTrace && request is not null ? ConnectParser.ReadTrace(received) : default;
                    return (false, request, parent);
                }
            }

            return (false, null, default);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            return (true, null, default);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true); // may hold the client's Proxy-Authorization
        }
    }

    private async Task EstablishAsync(
        TlsTransport transport,
        ClientContext context,
        TunnelRoute tunnel,
        SniOptions now,
        Action placed,
        CancellationToken cancellationToken
    )
    {
        var counts = Parts.Traffic.GetOrAdd(tunnel);
        if (!counts.TryEnter())
        {
            await RefuseAsync(transport, context.Client, IngressRefusal.TunnelLimit, tunnel, context.Span);
            return;
        }

        try
        {
            if (!Parts.Forwarder.HasAgent(context, tunnel))
            {
                await RefuseAsync(transport, context.Client, IngressRefusal.NoAgent, tunnel, context.Span);
                return;
            }

            using var hello = new FirstBytes(now.MaxHelloBytes);
            var refusal = await AcceptAsync(transport, context, hello, now, cancellationToken);
            if (
                refusal == IngressRefusal.None
                && !await Parts.Forwarder.RunAsync(transport, context, tunnel, hello, counts, placed)
            )
            {
                refusal = IngressRefusal.NoAgent; // the agent disconnected after the 200
            }

            if (refusal != IngressRefusal.None)
            {
                await AlertAsync(transport, context, refusal, tunnel);
            }
        }
        finally
        {
            counts.Release();
        }
    }

    /// <summary>Sends the 200 and reads the hello of the inner TLS, which must name the server of the request.</summary>
    private async Task<IngressRefusal> AcceptAsync(
        TlsTransport transport,
        ClientContext context,
        FirstBytes hello,
        SniOptions now,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await transport.SendAsync(new ReadOnlySequence<byte>(ConnectAnswers.Established));
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return IngressRefusal.HelloTimeout;
        }

        var (refusal, read) = await ReadHelloAsync(transport, hello, now, cancellationToken);
        return refusal != IngressRefusal.None ? refusal
            : read!.ServerName != context.ServerName ? IngressRefusal.ServerNameDiffers
            : read.OffersAcme ? IngressRefusal.AcmeNotAnnounced
            : IngressRefusal.None;
    }

    private Task RefuseAsync(
        TlsTransport transport,
        IPEndPoint client,
        IngressRefusal refusal,
        TunnelRoute? tunnel,
        ConnectionSpan? span
    )
    {
        Record(client, refusal, tunnel, span);
        return WriteAsync(transport, ConnectAnswers.For(refusal));
    }

    /// <summary>Sends a TLS alert, because after the 200 the client reads only the inner TLS.</summary>
    private Task AlertAsync(TlsTransport transport, ClientContext context, IngressRefusal refusal, TunnelRoute tunnel)
    {
        Record(context.Client, refusal, tunnel, context.Span);
        return IngressPolicy.AlertFor(refusal) is { } alert
            ? WriteAsync(transport, TlsAlerts.Record(alert))
            : Task.CompletedTask;
    }

    private async Task WriteAsync(TlsTransport transport, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var deadline = new CancellationTokenSource(Current.HandshakeTimeout, Parts.Time);
            await transport.WriteAsync(bytes, deadline.Token);
        }
        catch (Exception e)
            when (e
                    is IOException
                        or SocketException
                        or OperationCanceledException
                        or InvalidOperationException
                        or ObjectDisposedException
            )
        {
            // The client has disconnected, or does not read.
        }
    }

    private static X509ChainPolicy CollectOnly() =>
        new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, // without roots: nothing is trusted here
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationFlags = X509VerificationFlags.AllFlags,
        };
}
