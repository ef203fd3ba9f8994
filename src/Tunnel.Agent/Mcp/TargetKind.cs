namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>What a rule can name.</summary>
internal enum TargetKind
{
    Tool,
    Prompt,

    /// <summary>By URI, or by URI template.</summary>
    Resource,

    /// <summary>A JSON-RPC method, in either direction.</summary>
    Method,
}
