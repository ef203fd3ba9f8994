using System.Buffers;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

internal static class CalloutAnswers
{
    public static ReadOnlyMemory<byte> Targets(
        McpMessage request,
        bool isModern,
        CalloutSurface surface,
        IReadOnlyList<CalloutTarget> targets
    ) =>
        Tool(
            request,
            isModern,
            isError: false,
            json =>
            {
                json.WriteStartArray("targets"u8);
                foreach (var target in targets)
                {
                    json.WriteStartObject();
                    surface.WriteTarget(json, target);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }
        );

    public static ReadOnlyMemory<byte> Called(
        McpMessage request,
        bool isModern,
        CalloutSurface surface,
        CalloutResult result,
        CalloutTargets targets
    ) =>
        result.Refusal is { } refusal
            ? Refused(request, isModern, refusal)
            : Tool(request, isModern, isError: false, json => surface.WriteResult(json, result, targets));

    public static ReadOnlyMemory<byte> Audience(McpMessage request, bool isModern, Uri url) =>
        Tool(request, isModern, isError: false, json => json.WriteString("audience"u8, url.OriginalString));

    public static ReadOnlyMemory<byte> Refused(McpMessage request, bool isModern, CalloutRefusal refusal) =>
        Tool(
            request,
            isModern,
            isError: true,
            json =>
            {
                json.WriteString("error_code"u8, refusal.Code);
                json.WriteString("message"u8, refusal.Message);
            }
        );

    private static ReadOnlyMemory<byte> Tool(
        McpMessage request,
        bool isModern,
        bool isError,
        Action<Utf8JsonWriter> write
    )
    {
        var finding = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(finding))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return AgentServerAnswers.Tool(request, isModern, finding.WrittenMemory, isError);
    }
}
