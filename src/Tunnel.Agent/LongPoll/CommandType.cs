namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>The type of a command.</summary>
internal enum CommandType
{
    /// <summary>Deliver one JSON-RPC message.</summary>
    JsonRpc,

    /// <summary>End an MCP session.</summary>
    SessionTermination,

    /// <summary>Return the metadata that names the authorization servers (RFC 9728).</summary>
    OauthDiscovery,
}
