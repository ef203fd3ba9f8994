using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Jose.Json;
using Culvert.Platform.Mcp;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Probing;

namespace Culvert.Tunnel.Agent.Upstreams.Crawling;

/// <summary>
/// Reads a server's greeting and all its lists. Lists that are too large, too slow or endless are an error.
/// </summary>
internal sealed class DefinitionCrawl(Route route, TimeProvider time)
{
    /// <summary>For each list.</summary>
    internal const int MaxPages = 200;

    /// <summary>For all lists together.</summary>
    internal const int MaxEntries = 10_000;

    internal const long MaxBytes = 16 * 1024 * 1024;

    /// <summary>For the whole crawl.</summary>
    internal static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan MaxEnd = TimeSpan.FromSeconds(5);

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = CanonicalJson.MaxDepth };

    private static readonly (string Method, string Member, string Key, PinKind Kind)[] Lists =
    [
        (McpMethods.ListTools, "tools", "name", PinKind.Tool),
        ("prompts/list", "prompts", "name", PinKind.Prompt),
        ("resources/list", "resources", "uri", PinKind.Resource),
        ("resources/templates/list", "resourceTemplates", "uriTemplate", PinKind.Template),
    ];

    private readonly List<(PinKey, JsonElement)> entries = [];
    private long bytes;
    private TimeSpan? ttl;

    public bool IsModern { get; private set; }

    public async Task<CrawlResult> RunAsync(
        IReadOnlyList<PinKind> kinds,
        bool modernFirst,
        CancellationToken cancellationToken
    )
    {
        using var limit = new TimeLimit(MaxTime, time, cancellationToken);
        if (!route.Upstream.TryEnterSession())
        {
            return new CrawlResult(entries, "All connections to the server are in use.", ttl);
        }

        string? problem = null;
        try
        {
            await ReadAsync(kinds, modernFirst, limit.Token);
        }
        catch (CrawlException e)
        {
            problem = e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            problem = $"The server's lists did not end within {MaxTime.TotalSeconds:0} s.";
        }
        catch (UpstreamException e)
        {
            problem = e.Message;
        }
        catch (HttpRequestException e)
        {
            problem = (e.InnerException as UpstreamException)?.Message ?? FailureText.Describe(e);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            problem = FailureText.Describe(e);
        }
        finally
        {
            route.Upstream.ReleaseSession();
        }

        return new CrawlResult(entries, problem, ttl);
    }

    private async Task ReadAsync(IReadOnlyList<PinKind> kinds, bool modernFirst, CancellationToken cancellationToken)
    {
        var (session, greeting) = await OpenAsync(modernFirst, cancellationToken);
        try
        {
            using (greeting)
            {
                var result = greeting.RootElement.GetProperty("result");
                NoteTtl(result);
                if (kinds.Contains(PinKind.Instructions) && result.TryGetProperty("instructions", out var instructions))
                {
                    entries.Add((PinKey.Instructions, instructions.Clone()));
                }
            }

            foreach (var list in Lists.Where(l => kinds.Contains(l.Kind)))
            {
                await ReadListAsync(session, list, cancellationToken);
            }
        }
        finally
        {
            await EndAsync(session);
        }
    }

    // A server of both eras is read in the newer one.
    private async Task<(McpSession Session, JsonDocument Greeting)> OpenAsync(
        bool modernFirst,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await GreetAsync(modernFirst, cancellationToken);
        }
        catch (CrawlException first)
        {
            try
            {
                return await GreetAsync(!modernFirst, cancellationToken);
            }
            catch (CrawlException second)
            {
                throw modernFirst ? second : first;
            }
        }
    }

    private async Task<(McpSession Session, JsonDocument Greeting)> GreetAsync(
        bool isModern,
        CancellationToken cancellationToken
    )
    {
        var session = await route.Upstream.OpenSessionAsync(route, isModern, cancellationToken);
        try
        {
            var answer = await session.GreetAsync(cancellationToken);
            var bytes = await FindAnswerAsync(answer, session.LastId, session.GreetingMethod, cancellationToken);
            await session.ConfirmAsync(cancellationToken);
            var greeting = Parse(bytes);
            if (
                greeting.RootElement.TryGetProperty("result", out var result)
                && result.ValueKind == JsonValueKind.Object
            )
            {
                IsModern = isModern;
                return (session, greeting);
            }

            greeting.Dispose();
            throw new CrawlException(
                $"The server does not speak MCP {(isModern ? McpRevision.FirstModern : McpRevision.LastLegacy)}."
            );
        }
        catch
        {
            await EndAsync(session);
            throw;
        }
    }

    private static async Task EndAsync(McpSession session)
    {
        using var limit = new CancellationTokenSource(MaxEnd, TimeProvider.System);
        try
        {
            await session.EndAsync(limit.Token);
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException or OperationCanceledException or UpstreamException)
        {
            // The server closes an idle session itself.
        }
    }

    private async Task ReadListAsync(
        McpSession session,
        (string Method, string Member, string Key, PinKind Kind) list,
        CancellationToken cancellationToken
    )
    {
        var cursors = new HashSet<string>(StringComparer.Ordinal);
        string? cursor = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var received = await session.ListAsync(list.Method, cursor, cancellationToken);
            var answer = await FindAnswerAsync(received, session.LastId, list.Method, cancellationToken);
            bytes += answer.Length;
            if (bytes > MaxBytes)
            {
                throw new CrawlException($"The server's lists have more than {MaxBytes} bytes.");
            }

            using var json = Parse(answer);
            if (!json.RootElement.TryGetProperty("result", out var result))
            {
                if (page == 0 && IsUnknownMethod(json.RootElement))
                {
                    return; // the server has no list of this kind
                }

                throw new CrawlException($"The server responds to {list.Method} with an error.");
            }

            cursor = ReadPage(result, list);
            if (cursor is null)
            {
                return;
            }

            if (!cursors.Add(cursor))
            {
                throw new CrawlException($"{list.Method} does not end: the server repeats a cursor.");
            }
        }

        throw new CrawlException($"{list.Method} does not end: there are more than {MaxPages} pages.");
    }

    private string? ReadPage(JsonElement result, (string Method, string Member, string Key, PinKind Kind) list)
    {
        if (
            result.ValueKind != JsonValueKind.Object
            || !result.TryGetProperty(list.Member, out var page)
            || page.ValueKind != JsonValueKind.Array
        )
        {
            throw new CrawlException($"The server's response to {list.Method} is not a list.");
        }

        NoteTtl(result);
        foreach (var entry in page.EnumerateArray())
        {
            if (
                entry.ValueKind != JsonValueKind.Object
                || !entry.TryGetProperty(list.Key, out var name)
                || name.ValueKind != JsonValueKind.String
            )
            {
                continue; // clients do not see such an entry either
            }

            if (entries.Count == MaxEntries)
            {
                throw new CrawlException($"The server's lists have more than {MaxEntries} entries.");
            }

            entries.Add((new PinKey(list.Kind, GetText(name)), entry.Clone()));
        }

        return result.TryGetProperty("nextCursor", out var next) && next.ValueKind == JsonValueKind.String
            ? GetText(next)
            : null;
    }

    private void NoteTtl(JsonElement result)
    {
        if (
            result.TryGetProperty("ttlMs", out var written)
            && written.ValueKind == JsonValueKind.Number
            && written.TryGetInt64(out var milliseconds)
            && milliseconds >= 0
            && milliseconds < TimeSpan.FromDays(1).TotalMilliseconds
        )
        {
            var its = TimeSpan.FromMilliseconds(milliseconds);
            ttl = ttl is { } known && known < its ? known : its;
        }
    }

    private static bool IsUnknownMethod(JsonElement answer) =>
        answer.TryGetProperty("error", out var error)
        && error.ValueKind == JsonValueKind.Object
        && error.TryGetProperty("code", out var code)
        && code.ValueKind == JsonValueKind.Number
        && code.TryGetInt32(out var number)
        && number == RpcText.MethodNotFound;

    private static string GetText(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new CrawlException("The server's lists have text that is not Unicode.");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> FindAnswerAsync(
        McpAnswer received,
        int id,
        string method,
        CancellationToken cancellationToken
    )
    {
        using var answer = received;
        if (answer.IsDenied)
        {
            throw new CrawlException(
                $"The server responds to {method} with {(int)answer.Status!}: it wants a caller's credential."
            );
        }

        var message = await answer.FindAsync(bytes => IsAnswer(bytes, id), cancellationToken);
        return !message.IsEmpty ? message
            : answer.IsTooLong
                ? throw new CrawlException($"A response is larger than {OwnRequests.MaxAnswerBytes} bytes.")
            : answer.IsUnfinished
                ? throw new CrawlException("The server's stream ends in the middle of an event, without the response.")
            : throw new CrawlException($"The server responds to {method} with {(int?)answer.Status} and no message.");
    }

    private static bool IsAnswer(ReadOnlyMemory<byte> bytes, int id)
    {
        CheckValues(bytes.Span);
        try
        {
            using var json = JsonDocument.Parse(bytes, Options);
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

    /// <summary>Refuses an answer whose parsed tree would take too much memory.</summary>
    private static void CheckValues(ReadOnlySpan<byte> answer)
    {
        if (JsonValues.Count(answer, JsonValues.MostOfAnswer) > JsonValues.MostOfAnswer)
        {
            throw new CrawlException($"A response has more than {JsonValues.MostOfAnswer} values and names.");
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> answer)
    {
        answer = Utf8Text.WithoutMark(answer);
        CheckValues(answer.Span);
        try
        {
            var json = JsonDocument.Parse(answer, Options);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                return json;
            }

            json.Dispose();
        }
        catch (JsonException)
        {
            // Reported below, like JSON that is not an object.
        }

        throw new CrawlException("The server's response is not a JSON-RPC message.");
    }
}
