using System.Net;
using Culvert.Tunnel.Agent.Requests.InProcess;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// The connection of a command. Its client is the tunnel: the provider does not identify the product's caller, except by
/// the token that the command may carry.
/// </summary>
internal sealed class CommandConnection(string serverName, IPEndPoint client, string tunnelId, TunnelCommand command)
    : InProcessConnection
{
    // RFC 7239 §6.3: an identifier instead of an address.
    private const string Node = "_long-poll";

    public override string ServerName => serverName;

    public override IPEndPoint Client => client;

    // The agent does not see a certificate of the product's caller.
    public override string Workload => "";

    public override string Channel => command.Channel;

    public override string ConnectionId { get; set; } = $"{tunnelId}/{command.RequestId}";

    public override string Forwarded(string host) => $"for={Node};host={host};proto=https";
}
