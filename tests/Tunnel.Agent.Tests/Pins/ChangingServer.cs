using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Pins;

/// <summary>An MCP server over HTTP, of either era, whose definitions the test changes while the agent uses it.</summary>
internal sealed class ChangingServer : IAsyncDisposable
{
    private readonly RawUpstream upstream;

    public ChangingServer() => upstream = RawUpstream.Scripted(AnswerAsync);

    public RawUpstream Upstream => upstream;

    public int Port => upstream.Port;

    public bool IsModern { get; set; }

    /// <summary>The entries of <c>tools/list</c>.</summary>
    public IReadOnlyList<string> Tools { get; set; } = [];

    public IReadOnlyList<string> Prompts { get; set; } = [];

    public IReadOnlyList<string> Resources { get; set; } = [];

    public IReadOnlyList<string> Templates { get; set; } = [];

    public string? Instructions { get; set; }

    /// <summary>Further members of every list.</summary>
    public string More { get; set; } = "";

    /// <summary>Answers a request in another way; null: as usual.</summary>
    public Func<JsonNode, RecordedRequest, string?> Override { get; set; } = (_, _) => null;

    /// <summary>Tools that were called.</summary>
    public List<string> Called { get; } = [];

    public ValueTask DisposeAsync() => upstream.DisposeAsync();

    private async Task<bool> AnswerAsync(RecordedRequest request, Stream stream, CancellationToken cancellationToken)
    {
        var answer = request.Body.Length == 0 ? "" : Answer(JsonNode.Parse(request.Body)!, request);
        var text =
            answer.Length == 0
                ? "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
                : $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(answer)}\r\n\r\n{answer}";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        return true;
    }

    private string Answer(JsonNode message, RecordedRequest request)
    {
        if (message["id"] is not { } id)
        {
            return "";
        }

        var told = Instructions is null ? "" : $",\"instructions\":{JsonSerializer.Serialize(Instructions)}";
        var result =
            Override(message, request)
            ?? message["method"]!.GetValue<string>() switch
            {
                "server/discover" when IsModern =>
                    $$"""{"supportedVersions":["2026-07-28"],"capabilities":{}{{told}}}""",
                "initialize" when !IsModern =>
                    $$"""{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"s","version":"1"}{{told}}}""",
                "tools/list" => List("tools", Tools),
                "prompts/list" => List("prompts", Prompts),
                "resources/list" => List("resources", Resources),
                "resources/templates/list" => List("resourceTemplates", Templates),
                "tools/call" => Call(message["params"]!["name"]!.GetValue<string>()),
                "resources/read" or "prompts/get" => """{"contents":[],"messages":[]}""",
                _ => "",
            };
        return result.Length == 0
            ? $$$"""{"jsonrpc":"2.0","id":{{{id.ToJsonString()}}},"error":{"code":-32601,"message":"no"}}"""
            : $$"""{"jsonrpc":"2.0","id":{{id.ToJsonString()}},"result":{{result}}}""";
    }

    private string Call(string name)
    {
        lock (Called)
        {
            Called.Add(name);
        }

        return """{"content":[{"type":"text","text":"done"}]}""";
    }

    private string List(string member, IReadOnlyList<string> entries) =>
        $$"""{"{{member}}":[{{string.Join(',', entries)}}]{{More}}}""";
}
