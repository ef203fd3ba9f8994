using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Tests.Support;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Compose;

/// <summary>A member's server: tools by name, in one era, with or without sessions.</summary>
internal sealed class JoinServer : IAsyncDisposable
{
    /// <summary>A result that the server answers with 400 after it has executed the call.</summary>
    public const string Refused = "refused";

    private readonly RawUpstream upstream;
    private int sessions;

    public JoinServer() => upstream = RawUpstream.Scripted(AnswerAsync);

    public int Port => upstream.Port;

    public bool IsModern { get; init; } = true;

    public bool HasSessions { get; init; }

    public bool SendsEvents { get; init; }

    /// <summary>The results of <c>tools/call</c>, by the tool and its arguments. An empty text is never answered.</summary>
    public Dictionary<string, Func<JsonElement, string>> Tools { get; } = [];

    /// <summary>The messages in order: the method, and the name and arguments of a call.</summary>
    public ConcurrentQueue<string> Messages { get; } = [];

    public IEnumerable<string> Calls =>
        Messages
            .Where(m => m.StartsWith("tools/call ", StringComparison.Ordinal))
            .Select(m => m["tools/call ".Length..]);

    /// <summary>Sessions with lower numbers are unknown from now on.</summary>
    public int FirstSession { get; set; }

    public static string Structured(string json) =>
        $$"""{"content":[{"type":"text","text":"as structured"}],"structuredContent":{{json}}}""";

    public ValueTask DisposeAsync() => upstream.DisposeAsync();

    private async Task<bool> AnswerAsync(RecordedRequest request, Stream stream, CancellationToken cancellationToken)
    {
        var answer = request.RequestLine.StartsWith("POST", StringComparison.Ordinal)
            ? Answer(request)
            : "HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n";
        if (answer.Length == 0)
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), cancellationToken);
        return true;
    }

    private string Answer(RecordedRequest request)
    {
        var message = JsonElement.Parse(request.Body);
        var method = message.GetProperty("method").GetString()!;
        var isModern = request.Header("Mcp-Method").Length > 0;
        var isCall = method == "tools/call";
        var name = isCall ? message.GetProperty("params").GetProperty("name").GetString()! : "";
        var arguments = isCall ? message.GetProperty("params").GetProperty("arguments") : default;
        Messages.Enqueue(isCall ? $"{method} {name} {arguments.GetRawText()}" : method);
        if (!message.TryGetProperty("id", out var id))
        {
            return "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
        }

        if (isModern != IsModern)
        {
            return "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
        }

        if (method == "initialize")
        {
            var session = HasSessions ? $"Mcp-Session-Id: s-{Interlocked.Increment(ref sessions)}\r\n" : "";
            return Json(Result(id, """{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{}}"""), session);
        }

        if (
            HasSessions && (request.Header("Mcp-Session-Id") is not [var given] || int.Parse(given[2..]) < FirstSession)
        )
        {
            return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        }

        var result = isCall ? Tools[name](arguments) : "{}";
        return result.Length == 0 ? ""
            : result == Refused ? "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
            : SendsEvents && isCall
                ? Events(
                    "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":1,\"progress\":1}}\n\n"
                        + $"data: {Result(id, result)}\n\n"
                )
            : Json(result.StartsWith("error", StringComparison.Ordinal) ? Error(id, result[5..]) : Result(id, result));
    }

    private static string Result(JsonElement id, string result) =>
        $$"""{"jsonrpc":"2.0","id":{{id.GetRawText()}},"result":{{result}}}""";

    private static string Error(JsonElement id, string error) =>
        $$"""{"jsonrpc":"2.0","id":{{id.GetRawText()}},"error":{{error}}}""";
}
