using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Hosting.Proxies;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.Platform.Programs;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Culvert.Identity.Service.Hosting;

/// <summary>Builds the process: one Kestrel, its ports kept apart by <see cref="ListenerMatcherPolicy"/>.</summary>
internal static class ServiceHost
{
    private const string TransportSecurity = "max-age=31536000";

    private static readonly CipherSuitesPolicy? CipherSuites = OperatingSystem.IsLinux()
        ? new CipherSuitesPolicy([
            TlsCipherSuite.TLS_AES_128_GCM_SHA256,
            TlsCipherSuite.TLS_AES_256_GCM_SHA384,
            TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ])
        : null;

    public static WebApplication Build(
        ServiceOptions options,
        Store store,
        TimeProvider time,
        Action<IServiceCollection>? configure = null
    )
    {
        // Empty: reads nothing from environment variables or from files other than the service's own.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, ProgramLifetime>();
        builder.Services.AddCulvertService(options, store, time);
        configure?.Invoke(builder.Services);
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IServiceProvider>(Listen);

        var app = builder.Build();
        app.UseMiddleware<ConnectionUseMiddleware>();
        var limits = app.Services.GetRequiredService<Current<LimitOptions>>();
        app.Use(
            (http, next) =>
            {
                // Set for each request, because the server's own limit is fixed at the start.
                http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = limits
                    .Value
                    .BodyBytes;
                // RFC 6797 §6.1: browsers that have once loaded the console do not request it without TLS again.
                http.Response.Headers.StrictTransportSecurity = TransportSecurity;
                return next(http);
            }
        );
        app.UseMiddleware<EnvelopeMiddleware>();
        app.UseMiddleware<ForwardedMiddleware>();
        app.UseMiddleware<DrainMiddleware>();
        app.UseRouting();
        Composition.Map(new ApiHost(app));
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, IServiceProvider services)
    {
        var current = services.GetRequiredService<Current<ServiceOptions>>();
        var options = current.Value;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LimitOptions.LargestBody;
        var certificate = services.GetRequiredService<IApiCertificate>();
        var callers = WithBounds(
            Listener.Api,
            () => current.Value.ApiProxyProtocol,
            () => current.Value.ApiTrustedProxies,
            services
        );
        foreach (var endpoint in options.ApiListen)
        {
            kestrel.Listen(endpoint, listen => UseApi(listen, callers, certificate));
        }

        var peers = services.GetRequiredService<IMachinePeerVerifier>();
        var logger = services.GetRequiredService<ILogger<ApiHost>>();
        var machines = WithBounds(
            Listener.Machine,
            () => current.Value.MachineProxyProtocol,
            () => AddressRanges.Empty,
            services
        );
        foreach (var endpoint in options.MachineListen)
        {
            kestrel.Listen(endpoint, listen => UseMachine(listen, machines, certificate, peers, logger));
        }
    }

    private static void UseApi(ListenOptions listen, Action<ListenOptions> bound, IApiCertificate certificate)
    {
        Tag(listen, Listener.Api);
        bound(listen);
        listen.UseHttps(
            new TlsHandshakeCallbackOptions
            {
                OnConnection = _ =>
                {
                    var tls = ServerOptions(certificate.Api, SslApplicationProtocol.Http2);
                    // Requested, never required: a client may bind its tokens to a certificate (RFC 8705). The
                    // handshake proves that it holds the key. Its chain proves no identity, so any certificate is
                    // accepted.
                    tls.ClientCertificateRequired = true;
                    tls.RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                        certificate is null or X509Certificate2;
                    tls.CertificateChainPolicy = WithoutFetching();
                    // A resumed session does not prove possession.
                    tls.AllowTlsResume = false;
                    return new(tls);
                },
            }
        );
        EndHandshake(listen);
    }

    private static void UseMachine(
        ListenOptions listen,
        Action<ListenOptions> bound,
        IApiCertificate certificate,
        IMachinePeerVerifier peers,
        ILogger logger
    )
    {
        Tag(listen, Listener.Machine);
        bound(listen);
        listen.UseHttps(
            new TlsHandshakeCallbackOptions
            {
                OnConnection = handshake =>
                {
                    var connection = handshake.Connection;
                    var tls = ServerOptions(certificate.Machine, SslApplicationProtocol.Http2);
                    tls.ClientCertificateRequired = true;
                    // A resumed session would skip the check below (S9).
                    tls.AllowTlsResume = false;
                    tls.CertificateChainPolicy = WithoutFetching();
                    tls.RemoteCertificateValidationCallback = (_, leaf, chain, _) =>
                        Admit(connection, leaf, chain, peers, logger);
                    return new(tls);
                },
            }
        );
        EndHandshake(listen);
    }

    // The service's own check decides alone; the result of the platform's chain engine is ignored.
    private static bool Admit(
        ConnectionContext connection,
        X509Certificate? leaf,
        X509Chain? chain,
        IMachinePeerVerifier peers,
        ILogger logger
    )
    {
        if (leaf is not X509Certificate2 certificate)
        {
            Log.PeerRefused(logger, $"{connection.RemoteEndPoint}", "no certificate");
            return false;
        }

        if (peers.Verify(certificate, chain?.ChainPolicy.ExtraStore ?? []) is not { } peer)
        {
            Log.PeerRefused(logger, $"{connection.RemoteEndPoint}", "not ours, expired, or of another role");
            return false;
        }

        connection.Features.Set(peer);
        return true;
    }

    // The library builds a chain before the service's check. It must not follow URLs in the certificate.
    private static X509ChainPolicy WithoutFetching() =>
        new() { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };

    private static SslServerAuthenticationOptions ServerOptions(
        SslStreamCertificateContext certificate,
        SslApplicationProtocol preferred
    ) =>
        new()
        {
            ServerCertificateContext = certificate,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            // RFC 9325 §4.2: forward secrecy and AEAD alone; TLS 1.2 would also offer CBC.
            CipherSuitesPolicy = CipherSuites,
            ApplicationProtocols = [preferred, SslApplicationProtocol.Http11],
        };

    // Before TLS: refusing costs no handshake. The PROXY header first, so that the limits count the client.
    private static Action<ListenOptions> WithBounds(
        Listener listener,
        Func<ProxyProtocolOptions> readProxyProtocol,
        Func<AddressRanges> readProxies,
        IServiceProvider services
    )
    {
        var time = services.GetRequiredService<TimeProvider>();
        var descriptors = OpenFiles.Limit;
        var bounds = new Derived<LimitOptions, ConnectionBounds>(
            services.GetRequiredService<Current<LimitOptions>>(),
            limits => ConnectionBounds.For(listener, limits, descriptors)
        );
        var limiter = new ConnectionLimiter(listener, () => bounds.Value, readProxies, time);
        var headers = new ProxyHeaderReader(
            listener,
            readProxyProtocol,
            () => bounds.Value.HeadersAtOnce,
            time,
            services.GetRequiredService<ILogger<ProxyHeaderReader>>()
        );
        var isRequired = readProxyProtocol().Required;
        return listen =>
        {
            if (isRequired)
            {
                listen.Use((connection, next) => headers.ServeAsync(connection, next));
            }

            listen.Use((connection, next) => limiter.ServeAsync(connection, next));
        };
    }

    private static void EndHandshake(ListenOptions listen) =>
        listen.Use(
            (connection, next) =>
            {
                connection.Features.Get<ConnectionSlot>()?.EndHandshake();
                return next(connection);
            }
        );

    private static void Tag(ListenOptions listen, Listener listener)
    {
        var tag = new ListenerMetadata(listener);
        listen.Use(
            (connection, next) =>
            {
                connection.Features.Set(tag);
                return next(connection);
            }
        );
    }
}
