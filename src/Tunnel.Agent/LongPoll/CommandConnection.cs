using System.Net;
using Culvert.Tunnel.Agent.Requests;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// The connection of a command, in the place of a client's inner TLS connection. Its client is the tunnel: the provider does
/// not say who the product's caller is, except by the token that the command may carry.
/// </summary>
internal sealed class CommandConnection(string serverName, IPEndPoint client, string tunnelId, TunnelCommand command)
    : ITunnelConnection,
        IHttpConnectionFeature
{
    // RFC 7239 §6.3: an identifier in the place of an address.
    private const string Node = "_long-poll";

    public string ServerName => serverName;

    public IPEndPoint Client => client;

    // No certificate of the product's caller is seen.
    public string Workload => "";

    public string Channel => command.Channel;

    /// <summary>In records and spans: which command of which tunnel it was.</summary>
    public string ConnectionId { get; set; } = $"{tunnelId}/{command.RequestId}";

    public bool ClosesAfterAnswer => false;

    public IPAddress? LocalIpAddress { get; set; }

    public int LocalPort { get; set; }

    public IPAddress? RemoteIpAddress { get; set; }

    public int RemotePort { get; set; }

    public void DeliverBeforeAbort()
    {
        // What was written stays readable after an abort.
    }

    public void RequestClose()
    {
        // It ends with its one answer.
    }

    public string Forwarded(string host) => $"for={Node};host={host};proto=https";
}
