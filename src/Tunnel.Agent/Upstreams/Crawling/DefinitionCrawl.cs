using System.Net.Sockets;
using System.Text.Json;
using Culvert.Jose.Json;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

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

    internal static readonly JsonDocumentOptions Options = new() { MaxDepth = CanonicalJson.MaxDepth };

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
        using var limit = new CancellationTokenSource(MaxTime, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string? problem = null;
        try
        {
            await using var session = await OpenAsync(modernFirst, both.Token);
            await ReadAsync(session, kinds, both.Token);
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

        return new CrawlResult(entries, problem, ttl);
    }

    // A server of both eras is read in the newer one.
    private async Task<IServerSession> OpenAsync(bool modernFirst, CancellationToken cancellationToken)
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

    private async Task<IServerSession> GreetAsync(bool isModern, CancellationToken cancellationToken)
    {
        var session = await route.Upstream.OpenSessionAsync(route, isModern, cancellationToken);
        try
        {
            using var greeting = Parse(session.Greeting);
            if (
                !greeting.RootElement.TryGetProperty("result", out var result)
                || result.ValueKind != JsonValueKind.Object
            )
            {
                throw new CrawlException($"The server does not speak MCP {(isModern ? "2026-07-28" : "2025-11-25")}.");
            }

            IsModern = isModern;
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private async Task ReadAsync(
        IServerSession session,
        IReadOnlyList<PinKind> kinds,
        CancellationToken cancellationToken
    )
    {
        using var greeting = Parse(session.Greeting);
        var result = greeting.RootElement.GetProperty("result");
        NoteTtl(result);
        if (kinds.Contains(PinKind.Instructions) && result.TryGetProperty("instructions", out var instructions))
        {
            entries.Add((PinKey.Instructions, instructions.Clone()));
        }

        foreach (var list in Lists.Where(l => kinds.Contains(l.Kind)))
        {
            await ReadListAsync(session, list, cancellationToken);
        }
    }

    private async Task ReadListAsync(
        IServerSession session,
        (string Method, string Member, string Key, PinKind Kind) list,
        CancellationToken cancellationToken
    )
    {
        var cursors = new HashSet<string>(StringComparer.Ordinal);
        string? cursor = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var answer = await session.ListAsync(list.Method, cursor, cancellationToken);
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

            entries.Add((new PinKey(list.Kind, TextOf(name)), entry.Clone()));
        }

        return result.TryGetProperty("nextCursor", out var next) && next.ValueKind == JsonValueKind.String
            ? TextOf(next)
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

    private static string TextOf(JsonElement text)
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

    /// <summary>Refuses an answer whose parsed tree would take too much memory.</summary>
    internal static void CheckValues(ReadOnlySpan<byte> answer)
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
