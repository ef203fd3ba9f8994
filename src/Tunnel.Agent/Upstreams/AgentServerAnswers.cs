using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>The responses of an <see cref="AgentServer"/>.</summary>
internal static class AgentServerAnswers
{
    // Room for what is around the members.
    private const int FirstBytes = 512;

    // Texts are escaped only as far as JSON needs it: the text of a finding has many quotes.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly string[] LegacyVersions = ["2025-11-25", "2025-06-18", "2025-03-26"];

    public static ReadOnlyMemory<byte> Initialized(McpMessage request, string name) =>
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
                Describe(json, name);
            }
        );

    public static ReadOnlyMemory<byte> Discovered(McpMessage request, string name) =>
        Result(
            request,
            isModern: true,
            json =>
            {
                json.WriteStartArray("supportedVersions"u8);
                json.WriteStringValue(McpRevision.FirstModern);
                json.WriteEndArray();
                Describe(json, name);
                WriteCache(json);
            }
        );

    public static ReadOnlyMemory<byte> Empty(McpMessage request, bool isModern) =>
        Result(request, isModern, static _ => { });

    /// <param name="definitions">A JSON array.</param>
    public static ReadOnlyMemory<byte> Tools(McpMessage request, bool isModern, ReadOnlyMemory<byte> definitions) =>
        Result(
            request,
            isModern,
            json =>
            {
                json.WritePropertyName("tools"u8);
                json.WriteRawValue(definitions.Span);
                if (isModern)
                {
                    WriteCache(json);
                }
            }
        );

    /// <summary>The result of a call. Clients without support for structured results get the same content as text.</summary>
    /// <param name="finding">The structured part: a JSON object.</param>
    public static ReadOnlyMemory<byte> Tool(
        McpMessage request,
        bool isModern,
        ReadOnlyMemory<byte> finding,
        bool isError = false
    ) =>
        Result(
            request,
            isModern,
            json =>
            {
                json.WriteStartArray("content"u8);
                json.WriteStartObject();
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, finding.Span);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WritePropertyName("structuredContent"u8);
                // The agent wrote it: to read it once more would cost as much as to write it.
                json.WriteRawValue(finding.Span, skipInputValidation: true);
                json.WriteBoolean("isError"u8, isError);
            },
            3 * finding.Length
        );

    /// <param name="write">Writes the members of the result.</param>
    /// <param name="bytes">About how much it writes.</param>
    public static ReadOnlyMemory<byte> Result(
        McpMessage request,
        bool isModern,
        Action<Utf8JsonWriter> write,
        int bytes = 0
    )
    {
        var buffer = new ArrayBufferWriter<byte>(bytes + FirstBytes);
        using var json = new Utf8JsonWriter(buffer, Options);
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

    private static void Describe(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject("capabilities"u8);
        json.WriteStartObject("tools"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("serverInfo"u8);
        json.WriteString("name"u8, name);
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
