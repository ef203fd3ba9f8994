using System.IO.Pipelines;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Platform.Events;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Probing;

namespace Culvert.Tunnel.Agent.Upstreams.Crawling;

internal sealed class HttpServerSession : IServerSession
{
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    private readonly HttpUpstream upstream;
    private readonly OwnRequests requests;
    private readonly Route route;
    private readonly bool isModern;
    private string? session;
    private int lastId = 1;

    private HttpServerSession(HttpUpstream upstream, Route route, bool isModern)
    {
        this.upstream = upstream;
        this.route = route;
        this.isModern = isModern;
        requests = new OwnRequests(upstream);
    }

    public ReadOnlyMemory<byte> Greeting { get; private set; }

    /// <summary>Opens the session and reads the greeting.</summary>
    /// <exception cref="CrawlException">The server does not support this era, or does not respond.</exception>
    public static async Task<HttpServerSession> OpenAsync(
        HttpUpstream upstream,
        Route route,
        bool isModern,
        CancellationToken cancellationToken
    )
    {
        if (!upstream.TryEnter(OwnRequests.Client))
        {
            throw new CrawlException("All connections to the server are in use.");
        }

        var opened = new HttpServerSession(upstream, route, isModern);
        try
        {
            await opened.GreetAsync(cancellationToken);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    public Task<ReadOnlyMemory<byte>> ListAsync(string method, string? cursor, CancellationToken cancellationToken)
    {
        var id = ++lastId;
        return CallAsync(ProbeMessages.ListPage(id, method, cursor, isModern), id, method, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        upstream.Leave(OwnRequests.Client);
        if (session is not null)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
            using var end = requests.Create(HttpMethod.Delete, null, ProbeMessages.Legacy, session);
            try
            {
                using (await requests.SendAsync(route, end, limit.Token)) { }
            }
            catch (Exception e)
                when (e is HttpRequestException or IOException or OperationCanceledException or UpstreamException)
            {
                // The server closes an idle session itself.
            }
        }
    }

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        if (isModern)
        {
            Greeting = await CallAsync(ProbeMessages.Discover, 1, McpMethods.Discover, cancellationToken);
            return;
        }

        Greeting = await CallAsync(ProbeMessages.Initialize, 1, McpMethods.Initialize, cancellationToken);
        using var initialized = requests.Create(
            HttpMethod.Post,
            ProbeMessages.Initialized,
            ProbeMessages.Legacy,
            session
        );
        using (await requests.SendAsync(route, initialized, cancellationToken)) { }
    }

    private async Task<ReadOnlyMemory<byte>> CallAsync(
        byte[] message,
        int id,
        string method,
        CancellationToken cancellationToken
    )
    {
        var version =
            isModern ? ProbeMessages.Modern
            : method == McpMethods.Initialize ? null
            : ProbeMessages.Legacy;
        using var request = requests.Create(HttpMethod.Post, message, version, session);
        if (isModern)
        {
            request.Headers.Add(McpHeaders.Method, method);
        }

        using var response = await requests.SendAsync(route, request, cancellationToken);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new CrawlException(
                $"The server responds to {method} with {(int)response.StatusCode}: it wants a caller's credential."
            );
        }

        var answer = await ReadAnswerAsync(response, id, cancellationToken);
        if (
            method == McpMethods.Initialize
            && response.Headers.NonValidated.TryGetValues(McpHeaders.Session, out var given)
        )
        {
            session = given.ToString();
        }

        return !answer.IsEmpty
            ? answer
            : throw new CrawlException(
                $"The server responds to {method} with {(int)response.StatusCode} and no message."
            );
    }

    // Returns the response in a JSON body, or the response among events; empty if there is none.
    private static async Task<ReadOnlyMemory<byte>> ReadAnswerAsync(
        HttpResponseMessage response,
        int id,
        CancellationToken cancellationToken
    )
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var body = new AnswerBody(PipeReader.Create(stream), MaxAnswerBytes);
        var answer = await body.FindAsync(EventStream.IsIn(response), bytes => IsAnswer(bytes, id), cancellationToken);
        if (answer.IsEmpty && body.IsTooLong)
        {
            throw new CrawlException($"A response is larger than {MaxAnswerBytes} bytes.");
        }

        if (answer.IsEmpty && body.IsUnfinished)
        {
            throw new CrawlException("The server's stream ends in the middle of an event, without the response.");
        }

        return answer;
    }

    private static bool IsAnswer(ReadOnlyMemory<byte> bytes, int id)
    {
        DefinitionCrawl.CheckValues(bytes.Span);
        try
        {
            using var json = JsonDocument.Parse(bytes, DefinitionCrawl.Options);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("id", out var its)
                && MessageId.TryReadNumber(JsonMarshal.GetRawUtf8Value(its), out var number)
                && number == id
                && !json.RootElement.TryGetProperty("method", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
