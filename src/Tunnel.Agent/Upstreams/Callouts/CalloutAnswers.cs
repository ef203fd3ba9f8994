using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>The JSON of the callouts server, in either era.</summary>
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

    public static ReadOnlyMemory<byte> Tools(McpMessage request, bool isModern) =>
        Result(
            request,
            isModern,
            json =>
            {
                json.WritePropertyName("tools"u8);
                json.WriteRawValue(CalloutTools.Definitions);
                if (isModern)
                {
                    WriteCache(json);
                }
            }
        );

    public static ReadOnlyMemory<byte> Targets(
        McpMessage request,
        bool isModern,
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
                    json.WriteString("name"u8, target.Name);
                    WriteNames(json, "methods", target.Methods);
                    WriteNames(json, "request_headers", target.RequestHeaders);
                    WriteNames(json, "response_headers", target.ResponseHeaders);
                    json.WriteNumber("max_request_bytes"u8, target.MaxRequestBytes);
                    json.WriteNumber("max_response_bytes"u8, target.MaxResponseBytes);
                    json.WriteNumber("timeout_ms"u8, (long)target.Timeout.TotalMilliseconds);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }
        );

    public static ReadOnlyMemory<byte> Called(McpMessage request, bool isModern, CalloutResult result) =>
        Tool(
            request,
            isModern,
            isError: result.Refusal is not null,
            json =>
            {
                if (result.Refusal is { } refusal)
                {
                    json.WriteString("error_code"u8, refusal.Code);
                    json.WriteString("message"u8, refusal.Message);
                    return;
                }

                json.WriteNumber("status_code"u8, result.Status);
                json.WriteStartObject("headers"u8);
                foreach (var (name, value) in result.Headers)
                {
                    json.WriteString(name, value);
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
        );

    // Clients without structured results read the same as text.
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

    // M9: what a caller sees may depend on who it is.
    private static void WriteCache(Utf8JsonWriter json)
    {
        json.WriteNumber("ttlMs"u8, 60_000);
        json.WriteString("cacheScope"u8, "private"u8);
    }

    private static void WriteNames(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
