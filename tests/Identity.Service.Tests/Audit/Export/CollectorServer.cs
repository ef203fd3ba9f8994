using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Culvert.Identity.Service.Tests.Audit.Export;

/// <summary>A collector (OTLP over HTTP) on loopback with TLS: it keeps what it gets and answers as the test says.</summary>
internal sealed class CollectorServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Request> requests = new();

    private CollectorServer(X509Certificate2 certificate, X509Certificate2 issuing, RequestDelegate answer)
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
                        https.ServerCertificateChain = [issuing];
                    })
            )
        );
        app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            requests.Enqueue(
                new Request(
                    context.Request.Path,
                    context.Request.ContentType,
                    context.Request.Headers.Authorization.ToString(),
                    body.ToArray()
                )
            );
            await answer(context);
        });
    }

    public int Port => new Uri(app.Urls.Single()).Port;

    public IReadOnlyList<Request> Requests => [.. requests];

    public static async Task<CollectorServer> StartAsync(
        X509Certificate2 certificate,
        X509Certificate2 issuing,
        RequestDelegate answer
    )
    {
        var server = new CollectorServer(certificate, issuing, answer);
        await server.app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    internal sealed record Request(string Path, string? ContentType, string Authorization, byte[] Body);
}
