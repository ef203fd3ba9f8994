namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>The kinds of JSON-RPC messages.</summary>
internal enum MessageKind
{
    Request,
    Notification,
    Response,
}
