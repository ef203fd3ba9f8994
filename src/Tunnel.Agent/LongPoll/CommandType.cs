namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>What a command wants from the agent.</summary>
internal enum CommandType
{
    /// <summary>Deliver one JSON-RPC message.</summary>
    JsonRpc,

    /// <summary>End an MCP session.</summary>
    SessionTermination,

    /// <summary>Return the document that leads to the authorization servers (RFC 9728).</summary>
    OauthDiscovery,
}
