using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Culvert.Identity.Cli.Tests.Harness;

/// <summary>An HTTPS server on loopback that answers from a script and keeps what it was asked.</summary>
internal sealed class WireServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, (int Status, string Body)> script = new();
    private readonly ConcurrentDictionary<
        string,
        (ConcurrentQueue<(int Status, string Body)> Answers, Action Then)
    > turns = new();
    private readonly ConcurrentQueue<RecordedRequest> requests = new();

    private WireServer(WebApplication app) => this.app = app;

    public Uri Url { get; private set; } = null!;

    public IReadOnlyList<RecordedRequest> Requests => [.. requests];

    /// <summary>Headers sent with every answer.</summary>
    public Dictionary<string, string> AnswerHeaders { get; } = new() { ["request-id"] = "req_01test" };

    public static async Task<WireServer> StartAsync(TestCertificates certificates)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
            k.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificates.Server))
        );
        var server = new WireServer(builder.Build());
        server.app.Run(server.AnswerAsync);
        await server.app.StartAsync();
        server.Url = new Uri(server.app.Urls.Single());
        return server;
    }

    /// <summary>
    /// From now on this method and target ("POST /v1/tunnels") get this answer. A success must be one that the service gives.
    /// </summary>
    public WireServer On(string request, string body, int status = 200)
    {
        if (status == 200)
        {
            ApiShape.Check(request, body);
        }

        return OnAny(request, body, status);
    }

    /// <summary>The same with an answer that no service gives, for commands that must not rely on the service.</summary>
    public WireServer OnAny(string request, string body, int status = 200)
    {
        script[request] = (status, body);
        return this;
    }

    /// <summary>
    /// Sends these answers in turn; a further request gets none of them, and <paramref name="then"/> runs.
    /// </summary>
    public WireServer OnNext(string request, IEnumerable<(int Status, string Body)> answers, Action then)
    {
        turns[request] = (new ConcurrentQueue<(int, string)>(answers), then);
        return this;
    }

    private (int Status, string Body) AnswerTo(string request)
    {
        if (turns.TryGetValue(request, out var turn))
        {
            if (turn.Answers.TryDequeue(out var next))
            {
                return next;
            }

            turn.Then();
        }

        return script.TryGetValue(request, out var found)
            ? found
            : (
                404,
                """{"type":"error","error":{"type":"not_found_error","message":"not scripted"},"request_id":"req_01none"}"""
            );
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var request = new RecordedRequest(
            context.Request.Method,
            target,
            context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()),
            await reader.ReadToEndAsync()
        );
        requests.Enqueue(request);
        foreach (var (name, value) in AnswerHeaders)
        {
            context.Response.Headers[name] = value;
        }

        var (status, body) = AnswerTo(request.ToString());
        context.Response.StatusCode = status;
        context.Response.ContentType ??= "application/json";
        await context.Response.WriteAsync(body);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
