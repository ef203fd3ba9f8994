using System.Net;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Requests.InProcess;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>The connection of a member's call: its client is the caller of the composed tool.</summary>
internal sealed class MemberConnection(Exchange caller, string forwarded) : InProcessConnection
{
    public override string ServerName { get; } = caller.Connection.ServerName;

    public override IPEndPoint Client { get; } = caller.Connection.Client;

    public override string Workload { get; } = caller.Connection.Workload;

    public override string ConnectionId { get; set; } = caller.ConnectionId;

    public override string Forwarded(string host) => forwarded;
}
