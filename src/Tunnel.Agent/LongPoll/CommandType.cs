namespace Culvert.Tunnel.Agent.LongPoll;

internal enum CommandType
{
    JsonRpc,

    SessionTermination,

    /// <summary>Return the metadata that names the authorization servers (RFC 9728).</summary>
    OauthDiscovery,
}
