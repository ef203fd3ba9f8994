namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>What an answer to a command is; all but the notification end the command.</summary>
internal enum AnswerType
{
    /// <summary>The JSON-RPC result or error.</summary>
    Response,

    /// <summary>A message that precedes the response.</summary>
    Notification,

    /// <summary>The MCP server took a message that has no response.</summary>
    Acknowledgement,

    /// <summary>How the MCP server answered the end of a session.</summary>
    SessionTermination,

    /// <summary>The document of the protected resource (RFC 9728).</summary>
    OauthDiscovery,
}
