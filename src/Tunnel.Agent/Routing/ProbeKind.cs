namespace Culvert.Tunnel.Agent.Routing;

/// <summary>How an upstream's health is found out.</summary>
internal enum ProbeKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By a connection on which no byte is sent.</summary>
    Tcp,

    /// <summary>By a call that every MCP server answers, in whichever era it speaks.</summary>
    Mcp,
}
