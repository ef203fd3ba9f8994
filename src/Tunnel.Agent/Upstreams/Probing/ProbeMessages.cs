using System.Text;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Upstreams.Probing;

/// <summary>What a probe says to an MCP server, in either era.</summary>
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
}
