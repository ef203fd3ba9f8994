namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>The three kinds of JSON-RPC 2.0 messages.</summary>
internal enum MessageKind
{
    Request,
    Notification,
    Response,
}
