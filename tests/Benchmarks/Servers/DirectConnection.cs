using System.Net;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Benchmarks.Servers;

/// <summary>What the edge would have said about a client that came straight to the forwarder.</summary>
internal sealed class DirectConnection(string serverName) : ITunnelConnection
{
    private (string Host, string Value) forwarded = ("", "");

    public string ServerName => serverName;

    public IPEndPoint Client { get; } = new(IPAddress.Loopback, 0);

    public string Workload => "";

    public bool ClosesAfterAnswer => false;

    public void DeliverBeforeAbort() { }

    public void RequestClose() { }

    /// <summary>Remembered as in the agent, so that both sides of the comparison do the same work.</summary>
    public string Forwarded(string host)
    {
        if (forwarded.Host != host)
        {
            forwarded = (host, ForwardedHeader.Format(Client.Address, host));
        }

        return forwarded.Value;
    }
}
