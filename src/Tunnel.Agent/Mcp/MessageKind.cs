namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>The three kinds of JSON-RPC 2.0 messages.</summary>
internal enum MessageKind
{
    Request,
    Notification,
    Response,
}
