using System.Net;
using Culvert.Tunnel.Agent.Requests;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// Replaces a client's inner TLS connection. Its client is the tunnel: the provider does not identify the product's
/// caller, except by the token that the command may carry.
/// </summary>
internal sealed class CommandConnection(string serverName, IPEndPoint client, string tunnelId, TunnelCommand command)
    : ITunnelConnection,
        IHttpConnectionFeature
{
    // RFC 7239 §6.3: an identifier instead of an address.
    private const string Node = "_long-poll";

    public string ServerName => serverName;

    public IPEndPoint Client => client;

    // The agent does not see a certificate of the product's caller.
    public string Workload => "";

    public string Channel => command.Channel;

    public string ConnectionId { get; set; } = $"{tunnelId}/{command.RequestId}";

    public bool ClosesAfterAnswer => false;

    public IPAddress? LocalIpAddress { get; set; }

    public int LocalPort { get; set; }

    public IPAddress? RemoteIpAddress { get; set; }

    public int RemotePort { get; set; }

    public void DeliverBeforeAbort()
    {
        // Written bytes stay readable after an abort.
    }

    public void RequestClose()
    {
        // The connection ends with its only answer.
    }

    public string Forwarded(string host) => $"for={Node};host={host};proto=https";
}
