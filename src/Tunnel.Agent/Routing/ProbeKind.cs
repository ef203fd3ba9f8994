namespace Culvert.Tunnel.Agent.Routing;

internal enum ProbeKind
{
    None,

    /// <summary>By a connection without any bytes.</summary>
    Tcp,

    /// <summary>By a call that every MCP server answers, in either era.</summary>
    Mcp,
}
