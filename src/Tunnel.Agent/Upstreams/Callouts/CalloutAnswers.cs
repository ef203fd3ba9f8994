using System.Buffers;
using System.Text.Json;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

internal static class CalloutAnswers
{
    private static readonly string[] LegacyVersions = ["2025-11-25", "2025-06-18", "2025-03-26"];

    public static ReadOnlyMemory<byte> Initialized(McpMessage request) =>
        Result(
            request,
            isModern: false,
            json =>
            {
                var offered = request.OfferedVersion;
                json.WriteString(
                    "protocolVersion"u8,
                    LegacyVersions.Contains(offered, StringComparer.Ordinal) ? offered : LegacyVersions[0]
                );
                Describe(json);
            }
        );

    public static ReadOnlyMemory<byte> Discovered(McpMessage request) =>
        Result(
            request,
            isModern: true,
            json =>
            {
                json.WriteStartArray("supportedVersions"u8);
                json.WriteStringValue(McpRevision.FirstModern);
                json.WriteEndArray();
                Describe(json);
                WriteCache(json);
            }
        );

    public static ReadOnlyMemory<byte> Empty(McpMessage request, bool isModern) =>
        Result(request, isModern, static _ => { });

    public static ReadOnlyMemory<byte> Tools(McpMessage request, bool isModern, CalloutSurface surface) =>
        Result(
            request,
            isModern,
            json =>
            {
                json.WritePropertyName("tools"u8);
                json.WriteRawValue(surface.Definitions);
                if (isModern)
                {
                    WriteCache(json);
                }
            }
        );

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

    // Clients without support for structured results get the same content as text.
    private static ReadOnlyMemory<byte> Tool(
        McpMessage request,
        bool isModern,
        bool isError,
        Action<Utf8JsonWriter> write
    )
    {
        var inner = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(inner))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Result(
            request,
            isModern,
            json =>
            {
                json.WriteStartArray("content"u8);
                json.WriteStartObject();
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, inner.WrittenSpan);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WritePropertyName("structuredContent"u8);
                json.WriteRawValue(inner.WrittenSpan);
                json.WriteBoolean("isError"u8, isError);
            }
        );
    }

    private static ReadOnlyMemory<byte> Result(McpMessage request, bool isModern, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WritePropertyName("id"u8);
        json.WriteRawValue(request.Id.Span);
        json.WriteStartObject("result"u8);
        if (isModern)
        {
            json.WriteString("resultType"u8, "complete"u8);
        }

        write(json);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void Describe(Utf8JsonWriter json)
    {
        json.WriteStartObject("capabilities"u8);
        json.WriteStartObject("tools"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("serverInfo"u8);
        json.WriteString("name"u8, "culvert-callouts"u8);
        json.WriteString("version"u8, ProductVersion.Text);
        json.WriteEndObject();
    }

    // M9: the list may depend on the caller.
    private static void WriteCache(Utf8JsonWriter json)
    {
        json.WriteNumber("ttlMs"u8, 60_000);
        json.WriteString("cacheScope"u8, "private"u8);
    }
}
