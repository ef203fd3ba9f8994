namespace Culvert.Tunnel.Agent.Mcp;

internal enum TargetKind
{
    Tool,
    Prompt,

    /// <summary>Identified by URI, or by URI template.</summary>
    Resource,

    /// <summary>A JSON-RPC method, in either direction.</summary>
    Method,
}
