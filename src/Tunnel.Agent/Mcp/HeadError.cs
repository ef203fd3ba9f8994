namespace Culvert.Tunnel.Agent.Mcp;

internal enum HeadError
{
    None,

    /// <summary><c>MCP-Protocol-Version</c></summary>
    Version,

    /// <summary><c>Mcp-Method</c></summary>
    Method,

    /// <summary><c>Mcp-Name</c></summary>
    Name,
}
