using System.Net;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>A connection feature: what the edge reported about the client when it opened the stream.</summary>
internal interface ITunnelConnection
{
    /// <summary>The server name of the client's TLS hello, by which the edge routed; lower case.</summary>
    string ServerName { get; }

    IPEndPoint Client { get; }

    /// <summary>
    /// The name in the client's certificate that the edge verified; empty if the edge requested none.
    /// </summary>
    string Workload { get; }

    /// <summary>
    /// The channel of a provider's tunnel that the call came through; empty for the agent's own edges.
    /// </summary>
    string Channel => "";

    /// <summary>True if the answer should be the connection's last (W13).</summary>
    bool ClosesAfterAnswer { get; }

    /// <summary>Makes a later abort deliver the bytes that were written before it.</summary>
    void DeliverBeforeAbort();

    /// <summary>Closes the connection as soon as no request runs.</summary>
    void RequestClose();

    /// <summary>The <c>Forwarded</c> value for a host, remembered for the connection's next request.</summary>
    string Forwarded(string host);
}
