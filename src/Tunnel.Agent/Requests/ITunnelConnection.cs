using System.Net;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Connection feature: what the edge said about the client when it opened the stream.</summary>
internal interface ITunnelConnection
{
    /// <summary>Server name of the client's hello, as the edge routed by it; lower case.</summary>
    string ServerName { get; }

    IPEndPoint Client { get; }

    /// <summary>The name in the client's certificate that the edge verified; empty where it requested none.</summary>
    string Workload { get; }

    /// <summary>The channel of a provider's tunnel that the call came through; empty for the agent's own edges.</summary>
    string Channel => "";

    /// <summary>True if the answer should be the connection's last (W13).</summary>
    bool ClosesAfterAnswer { get; }

    /// <summary>An abort from now on still delivers what was written.</summary>
    void DeliverBeforeAbort();

    /// <summary>Ends the connection as soon as no request runs.</summary>
    void RequestClose();

    /// <summary>The <c>Forwarded</c> value for a host, remembered for the connection's next request.</summary>
    string Forwarded(string host);
}
