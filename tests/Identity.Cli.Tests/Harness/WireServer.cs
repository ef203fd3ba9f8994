using System.Collections.Concurrent;
using System.Net;
using Culvert.Testing.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Culvert.Identity.Cli.Tests.Harness;

/// <summary>
/// The identity service on loopback, over HTTPS: it answers from a script that is held against <c>docs/openapi.json</c>, as is what it
/// is asked, which it keeps.
/// </summary>
internal sealed class WireServer : IAsyncDisposable
{
    private const string Json = "application/json";

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, (int Status, string Body)> script = new();
    private readonly ConcurrentDictionary<
        string,
        (ConcurrentQueue<(int Status, string Body)> Answers, Action Then)
    > turns = new();
    private readonly ConcurrentDictionary<string, bool> foreign = new();
    private readonly ConcurrentQueue<RecordedRequest> requests = new();
    private readonly DoubleCheck check = DoubleCheck.OfTheService();

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
    /// From now on this method and target ("POST /v1/tunnels") get this answer, completed to one that the service gives: a test
    /// writes only the members that it is about.
    /// </summary>
    /// <exception cref="InvalidOperationException">The service does not answer so, by <c>docs/openapi.json</c>.</exception>
    public WireServer On(string request, string body, int status = 200) =>
        OnAny(request, Complete(request, body, status), status);

    /// <summary>
    /// The same with an answer that no service gives, of a broken one or of one of another version, for commands that must not
    /// rely on the service.
    /// </summary>
    public WireServer OnAny(string request, string body, int status = 200)
    {
        script[request] = (status, body);
        return this;
    }

    /// <summary>The same of a server that is not ours and that this one plays too: an identity provider, an MCP server.</summary>
    public WireServer OnForeign(string request, string body, int status = 200)
    {
        foreign[request] = true;
        return OnAny(request, body, status);
    }

    /// <summary>
    /// Sends these answers in turn; a further request gets none of them, and <paramref name="then"/> runs.
    /// </summary>
    public WireServer OnNext(
        string request,
        IEnumerable<(int Status, string Body)> answers,
        Action then,
        bool isForeign = false
    )
    {
        if (isForeign)
        {
            foreign[request] = true;
        }

        var whole = answers.Select(one => isForeign ? one : (one.Status, Complete(request, one.Body, one.Status)));
        turns[request] = (new ConcurrentQueue<(int, string)>(whole), then);
        return this;
    }

    /// <summary>The answer that a request gets now.</summary>
    public string GetBody(string request) => script[request].Body;

    private static string Complete(string request, string body, int status)
    {
        var (method, target) = (request[..request.IndexOf(' ')], request[(request.IndexOf(' ') + 1)..]);
        var whole = ApiDescription.OfTheService.Complete(method, target, status, body);
        var findings = ApiDescription.OfTheService.FindInDouble(method, target, status, Json, whole);
        return findings.Count == 0
            ? whole
            : throw new InvalidOperationException(
                $"{request} is not answered {status} so: {string.Join("; ", findings)}"
            );
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
        if (!foreign.ContainsKey(request.ToString()))
        {
            check.Receive(request.Method, request.Target, context.Request.ContentType, request.Body);
        }

        foreach (var (name, value) in AnswerHeaders)
        {
            context.Response.Headers[name] = value;
        }

        var (status, body) = AnswerTo(request.ToString());
        context.Response.StatusCode = status;
        context.Response.ContentType ??= Json;
        await context.Response.WriteAsync(body);
    }

    /// <exception cref="InvalidOperationException">It received a request that its API does not have.</exception>
    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        check.ThrowIfAny();
    }
}
