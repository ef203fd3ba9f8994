namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>The type of an answer to a command. All except the notification end the command.</summary>
internal enum AnswerType
{
    Response,

    /// <summary>A message that precedes the response.</summary>
    Notification,

    /// <summary>The MCP server accepted a message that has no response.</summary>
    Acknowledgement,

    /// <summary>The MCP server's answer to the end of a session.</summary>
    SessionTermination,

    /// <summary>The metadata of the protected resource (RFC 9728).</summary>
    OauthDiscovery,
}
