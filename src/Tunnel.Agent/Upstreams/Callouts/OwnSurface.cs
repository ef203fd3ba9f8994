using System.Text.Json;
using System.Text.Unicode;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>The agent's own form: <c>list_targets</c> and <c>call_target</c>, with targets by <c>name</c>.</summary>
internal sealed class OwnSurface : CalloutSurface
{
    public static readonly OwnSurface Instance = new();

    private static readonly string[] Members =
    [
        "name",
        "method",
        "headers",
        "body",
        "body_base64",
        "timeout_ms",
        "max_response_bytes",
        "max_redirects",
    ];

    private OwnSurface() { }

    public override ReadOnlyMemory<byte> Definitions { get; } =
        """
        [{"name":"list_targets","description":"Lists the targets that may be called, with their methods and limits.","inputSchema":{"type":"object","properties":{},"additionalProperties":false},"annotations":{"readOnlyHint":true}},{"name":"call_target","description":"Calls one target by its name. Values given here can only lower the target's limits.","inputSchema":{"type":"object","properties":{"name":{"type":"string"},"method":{"type":"string","default":"GET"},"headers":{"type":"object","additionalProperties":{"type":"string"}},"body":{"type":"string"},"body_base64":{"type":"string"},"timeout_ms":{"type":"integer","minimum":0},"max_response_bytes":{"type":"integer","minimum":0},"max_redirects":{"type":"integer","minimum":0}},"required":["name"],"additionalProperties":false}}]
        """u8.ToArray();

    public override CalloutRequest? ReadRequest(McpMessage message) =>
        ReadArguments(message, arguments => CalloutRequest.Read(arguments, Members));

    public override IReadOnlyList<CalloutTarget> Select(McpMessage message, CalloutTargets targets) => targets.All;

    public override void WriteTarget(Utf8JsonWriter json, CalloutTarget target)
    {
        json.WriteString("name"u8, target.Name);
        WriteNames(json, "methods", target.Methods);
        WriteNames(json, "request_headers", target.RequestHeaders);
        WriteNames(json, "response_headers", target.ResponseHeaders);
        json.WriteNumber("max_request_bytes"u8, target.MaxRequestBytes);
        json.WriteNumber("max_response_bytes"u8, target.MaxResponseBytes);
        json.WriteNumber("timeout_ms"u8, (long)target.Timeout.TotalMilliseconds);
    }

    public override void WriteResult(Utf8JsonWriter json, CalloutResult result, CalloutTargets targets)
    {
        json.WriteNumber("status_code"u8, result.Status);
        json.WriteStartObject("headers"u8);
        foreach (var (name, values) in result.Headers)
        {
            json.WriteString(name, values.ToString());
        }

        json.WriteEndObject();
        if (Utf8.IsValid(result.Body.Span))
        {
            json.WriteString("body"u8, result.Body.Span);
        }
        else
        {
            json.WriteBase64String("body_base64"u8, result.Body.Span);
        }

        json.WriteNumber("body_size_bytes"u8, result.Body.Length);
        json.WriteNumber("redirects"u8, result.Redirects);
    }
}
