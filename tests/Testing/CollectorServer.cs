using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace Culvert.Testing;

/// <summary>A collector (OTLP over HTTP) on loopback with TLS: it keeps what it gets and answers as the test says.</summary>
public sealed class CollectorServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<Request> requests = new();
    private TestServer? server;

    public int Port => server!.Port;

    public IReadOnlyList<Request> Requests => [.. requests];

    public static async Task<CollectorServer> StartAsync(
        X509Certificate2 certificate,
        X509Certificate2 issuing,
        RequestDelegate answer
    )
    {
        var collector = new CollectorServer();
        collector.server = await TestServer.StartAsync(
            context => collector.ReceiveAsync(context, answer),
            certificate,
            issuing
        );
        return collector;
    }

    public ValueTask DisposeAsync() => server!.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context, RequestDelegate answer)
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
    }

    /// <summary>What was received.</summary>
    public sealed record Request(string Path, string? ContentType, string Authorization, byte[] Body);
}
