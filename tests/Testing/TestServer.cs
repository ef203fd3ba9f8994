using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Culvert.Testing;

/// <summary>A real HTTPS server on a port of 127.0.0.1 that the system chooses; its handler is the test's.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private TestServer(WebApplication app) => (this.app, Port) = (app, new Uri(app.Urls.Single()).Port);

    public int Port { get; }

    public static async Task<TestServer> StartAsync(
        RequestDelegate handler,
        X509Certificate2 certificate,
        X509Certificate2? issuing = null,
        bool clientCertificates = false
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = certificate;
                        https.ServerCertificateChain = issuing is null ? null : [issuing];
                        if (clientCertificates)
                        {
                            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                            https.ClientCertificateValidation = (client, chain, errors) =>
                                errors != SslPolicyErrors.RemoteCertificateNotAvailable;
                        }
                    })
            )
        );
        var app = builder.Build();
        app.Run(handler);
        await app.StartAsync();
        return new TestServer(app);
    }

    /// <summary>Cuts off what is still being answered: a handler may be one that never ends.</summary>
    public ValueTask DisposeAsync() => app.DisposeAsync();
}
