using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// Builds the process: one container, one Kestrel, the ports 8443 and 8444 kept apart by
/// <see cref="ListenerMatcherPolicy"/>.
/// </summary>
internal static class ServiceHost
{
    public static WebApplication Build(
        ServiceOptions options,
        Store store,
        TimeProvider time,
        Action<IServiceCollection>? configure = null
    )
    {
        // Empty: nothing is read from environment variables or files beside our own configuration.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, ProgramLifetime>();
        builder.Services.AddCulvertService(options, store, time);
        configure?.Invoke(builder.Services);
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IServiceProvider>(Listen);

        var app = builder.Build();
        app.UseMiddleware<EnvelopeMiddleware>();
        app.UseMiddleware<DrainMiddleware>();
        app.UseRouting();
        Composition.Map(new ApiHost(app), new MachineHost(app));
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, IServiceProvider services)
    {
        var options = services.GetRequiredService<ServiceOptions>();
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.Limits.BodyBytes;
        var certificate = services.GetRequiredService<IApiCertificate>();
        foreach (var endpoint in options.ApiListen)
        {
            kestrel.Listen(endpoint, listen => UseApi(listen, certificate));
        }

        var peers = services.GetRequiredService<IMachinePeerVerifier>();
        var logger = services.GetRequiredService<ILogger<MachineHost>>();
        foreach (var endpoint in options.MachineListen)
        {
            kestrel.Listen(endpoint, listen => UseMachine(listen, certificate, peers, logger));
        }
    }

    private static void UseApi(ListenOptions listen, IApiCertificate certificate)
    {
        Tag(listen, Listener.Api);
        listen.UseHttps(
            new TlsHandshakeCallbackOptions
            {
                OnConnection = _ =>
                {
                    var tls = ServerOptions(certificate.Api, SslApplicationProtocol.Http2);
                    // Asked for, never demanded: a client may bind its tokens to a certificate (RFC 8705). It proves
                    // that it holds the key; who it is, no chain says, so any certificate will do.
                    tls.ClientCertificateRequired = true;
                    tls.RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                        certificate is null or X509Certificate2;
                    tls.CertificateChainPolicy = WithoutFetching();
                    // A resumed session proves no possession.
                    tls.AllowTlsResume = false;
                    return new(tls);
                },
            }
        );
    }

    private static void UseMachine(
        ListenOptions listen,
        IApiCertificate certificate,
        IMachinePeerVerifier peers,
        ILogger logger
    )
    {
        Tag(listen, Listener.Machine);
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
    }

    // Our own check alone decides; what the platform's chain engine thought of the certificate does not count.
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

    // The library builds a chain before it asks us. It must not follow URLs in a stranger's certificate.
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
            ApplicationProtocols = [preferred, SslApplicationProtocol.Http11],
        };

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
