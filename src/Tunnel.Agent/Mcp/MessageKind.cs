namespace Culvert.Tunnel.Agent.Mcp;

internal enum MessageKind
{
    Request,
    Notification,
    Response,
}
