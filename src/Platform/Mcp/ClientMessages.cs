using System.Text;
using System.Text.Json;

namespace Culvert.Platform.Mcp;

/// <summary>The messages of an MCP client that has no capabilities.</summary>
public static class ClientMessages
{
    /// <summary>The first revision without sessions. Each of its messages names the revision and the client.</summary>
    public const string Modern = "2026-07-28";

    /// <summary>The last revision that begins with <c>initialize</c>.</summary>
    public const string Legacy = "2025-11-25";

    public const string DiscoverMethod = "server/discover";
    public const string CallMethod = "tools/call";
    public const string InitializeMethod = "initialize";
    public const string InitializedMethod = "notifications/initialized";

    public static ReadOnlySpan<byte> Initialized => """{"jsonrpc":"2.0","method":"notifications/initialized"}"""u8;

    /// <summary>The name and version of a client, as both greetings send it.</summary>
    public static string Describe(string name, string version) => $$"""{"name":"{{name}}","version":"{{version}}"}""";

    /// <param name="client">From <see cref="Describe"/>.</param>
    public static byte[] Initialize(string client, string version = Legacy) =>
        Encoding.UTF8.GetBytes(
            $$$"""
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"{{{version}}}","capabilities":{},"clientInfo":{{{client}}} } }
            """
        );

    public static byte[] Discover(string client) => Request(1, DiscoverMethod, cursor: null, client);

    /// <param name="cursor">The page of a list; null for the first.</param>
    /// <param name="client">From <see cref="Describe"/>; null in the legacy revision, which names it only once.</param>
    public static byte[] Request(int id, string method, string? cursor, string? client) =>
        Request(
            id,
            method,
            client,
            json =>
            {
                if (cursor is not null)
                {
                    json.WriteString("cursor"u8, cursor);
                }
            }
        );

    /// <param name="arguments">A JSON object.</param>
    /// <param name="client">From <see cref="Describe"/>; null in the legacy revision.</param>
    public static byte[] Call(int id, string tool, ReadOnlyMemory<byte> arguments, string? client) =>
        Request(
            id,
            CallMethod,
            client,
            json =>
            {
                json.WriteString("name"u8, tool);
                json.WritePropertyName("arguments"u8);
                json.WriteRawValue(arguments.Span);
            }
        );

    private static byte[] Request(int id, string method, string? client, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WriteNumber("id"u8, id);
            json.WriteString("method"u8, method);
            json.WriteStartObject("params"u8);
            write(json);
            if (client is not null)
            {
                json.WriteStartObject("_meta"u8);
                json.WriteString("io.modelcontextprotocol/protocolVersion"u8, Modern);
                json.WritePropertyName("io.modelcontextprotocol/clientInfo"u8);
                json.WriteRawValue(client);
                json.WriteStartObject("io.modelcontextprotocol/clientCapabilities"u8);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
