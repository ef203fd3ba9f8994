namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>The header fields of MCP over HTTP.</summary>
internal static class McpHeaders
{
    public const string Session = "Mcp-Session-Id";
    public const string ProtocolVersion = "MCP-Protocol-Version";
    public const string Method = "Mcp-Method";
    public const string Name = "Mcp-Name";
}
