using System.Text;
using System.Text.Json;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Upstreams.Probing;

internal static class ProbeMessages
{
    private static readonly string Client = $$"""{"name":"culvert-probe","version":"{{ProductVersion.Text}}"}""";

    public const string Modern = McpRevision.FirstModern;
    public const string Legacy = McpRevision.LastLegacy;

    public static readonly byte[] Discover = Encoding.UTF8.GetBytes(
        $$$"""
        {"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"{{{Modern}}}","io.modelcontextprotocol/clientInfo":{{{Client}}},"io.modelcontextprotocol/clientCapabilities":{} } } }
        """
    );

    public static readonly byte[] Initialize = Encoding.UTF8.GetBytes(
        $$$"""
        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"{{{Legacy}}}","capabilities":{},"clientInfo":{{{Client}}} } }
        """
    );

    public static readonly byte[] Initialized =
        """{"jsonrpc":"2.0","method":"notifications/initialized"}"""u8.ToArray();

    public static readonly byte[] ListTools = """{"jsonrpc":"2.0","id":2,"method":"tools/list"}"""u8.ToArray();

    /// <param name="cursor">Null for the first page.</param>
    /// <param name="isModern">Whether the message names its revision and the client's capabilities.</param>
    public static byte[] ListPage(int id, string method, string? cursor, bool isModern)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WriteNumber("id"u8, id);
            json.WriteString("method"u8, method);
            json.WriteStartObject("params"u8);
            if (cursor is not null)
            {
                json.WriteString("cursor"u8, cursor);
            }

            if (isModern)
            {
                json.WriteStartObject("_meta"u8);
                json.WriteString("io.modelcontextprotocol/protocolVersion"u8, Modern);
                json.WritePropertyName("io.modelcontextprotocol/clientInfo"u8);
                json.WriteRawValue(Client);
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
