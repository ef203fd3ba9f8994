using System.IO.Pipelines;
using System.Net;
using Culvert.Platform.Events;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams.Probing;

/// <summary>
/// A real call to an MCP server over HTTP: <c>server/discover</c>, or <c>initialize</c> and <c>tools/list</c> in a
/// session that is closed afterwards, with the headers of the route's requests. A server that requires a credential is
/// healthy.
/// </summary>
internal sealed class HttpProbe(HttpUpstream upstream)
{
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    private readonly OwnRequests requests = new(upstream);
    private volatile bool isLegacy;

    /// <summary>Tries the era that answered last first: a request of the other era logs an error at the server.</summary>
    public async Task<ProbeState> RunAsync(Route route, CancellationToken cancellationToken)
    {
        if (!upstream.TryEnter(OwnRequests.Client))
        {
            return new ProbeState(true, "All connections are in use.");
        }

        try
        {
            var wasLegacy = isLegacy;
            var first = await TryAsync(route, wasLegacy, cancellationToken);
            if (first.IsHealthy == true)
            {
                return first;
            }

            var second = await TryAsync(route, !wasLegacy, cancellationToken);
            if (second.IsHealthy == true)
            {
                isLegacy = !wasLegacy;
                return second;
            }

            return wasLegacy ? first : second;
        }
        catch (HttpRequestException e)
        {
            return new ProbeState(false, (e.InnerException as UpstreamException)?.Message ?? FailureText.Describe(e));
        }
        catch (IOException e)
        {
            return new ProbeState(false, FailureText.Describe(e));
        }
        finally
        {
            upstream.Leave(OwnRequests.Client);
        }
    }

    private Task<ProbeState> TryAsync(Route route, bool legacy, CancellationToken cancellationToken) =>
        legacy ? TryLegacyAsync(route, cancellationToken) : TryModernAsync(route, cancellationToken);

    private async Task<ProbeState> TryModernAsync(Route route, CancellationToken cancellationToken)
    {
        using var request = requests.Create(HttpMethod.Post, ProbeMessages.Discover, ProbeMessages.Modern);
        request.Headers.Add(McpHeaders.Method, "server/discover");
        var (state, _) = await CallAsync(route, request, "server/discover", needsResult: true, cancellationToken);
        return state is { IsHealthy: true, Detail: "" } ? state with { KeepsSessions = false } : state;
    }

    private async Task<ProbeState> TryLegacyAsync(Route route, CancellationToken cancellationToken)
    {
        requests.ForgetCookies();
        using var initialize = requests.Create(HttpMethod.Post, ProbeMessages.Initialize, null);
        var (state, session) = await CallAsync(route, initialize, "initialize", needsResult: true, cancellationToken);
        if (state.IsHealthy != true || state.Detail.Length > 0)
        {
            return state;
        }

        try
        {
            using var initialized = requests.Create(
                HttpMethod.Post,
                ProbeMessages.Initialized,
                ProbeMessages.Legacy,
                session
            );
            using (await requests.SendAsync(route, initialized, cancellationToken)) { }

            using var list = requests.Create(HttpMethod.Post, ProbeMessages.ListTools, ProbeMessages.Legacy, session);
            (state, _) = await CallAsync(route, list, "tools/list", needsResult: false, cancellationToken);
            return state with { KeepsSessions = session is not null };
        }
        finally
        {
            if (session is not null)
            {
                using var end = requests.Create(HttpMethod.Delete, null, ProbeMessages.Legacy, session);
                using (await requests.SendAsync(route, end, cancellationToken)) { }
            }
        }
    }

    private async Task<(ProbeState State, string? Session)> CallAsync(
        Route route,
        HttpRequestMessage request,
        string method,
        bool needsResult,
        CancellationToken cancellationToken
    )
    {
        using var response = await requests.SendAsync(route, request, cancellationToken);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return (new ProbeState(true, $"It responds to {method} with {(int)response.StatusCode}."), null);
        }

        var (answer, why) = await ReadAnswerAsync(response, cancellationToken);
        if (answer is null || (needsResult && (answer.ErrorCode is not null || !response.IsSuccessStatusCode)))
        {
            var error = answer?.ErrorCode is { } code ? $" and error {code}" : why;
            return (new ProbeState(false, $"It responds to {method} with {(int)response.StatusCode}{error}."), null);
        }

        var session = response.Headers.NonValidated.TryGetValues(McpHeaders.Session, out var values)
            ? values.ToString()
            : null;
        return (new ProbeState(true, ""), session);
    }

    // The response in a JSON body, or the first response among events; without one, the reason if known.
    private static async Task<(McpMessage? Answer, string Why)> ReadAnswerAsync(
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var body = new AnswerBody(PipeReader.Create(stream), MaxAnswerBytes);
        McpMessage? answer = null;
        await body.FindAsync(
            EventStream.IsIn(response),
            bytes => (answer = Response(bytes)) is not null,
            cancellationToken
        );
        var why =
            answer is not null ? ""
            : body.IsTooLong ? $", a response of more than {MaxAnswerBytes} bytes"
            : body.IsUnfinished ? ", and its stream ends in the middle of an event"
            : "";
        return (answer, why);
    }

    private static McpMessage? Response(ReadOnlyMemory<byte> bytes) =>
        MessageReader.ReadAnswer(bytes) is { IsRelayable: true, Kind: MessageKind.Response } message ? message : null;
}
