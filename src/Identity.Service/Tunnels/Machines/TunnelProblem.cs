namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>Why a tunnel cannot carry calls; the names are stable for monitoring.</summary>
internal static class TunnelProblem
{
    public const string Archived = "archived";

    /// <summary>An operator has paused it: edges refuse its clients.</summary>
    public const string Paused = "paused";

    /// <summary>No trust anchor is registered: no client could verify the inner TLS.</summary>
    public const string NoCertificate = "no_certificate";

    /// <summary>Client source ranges are empty: edges refuse SNI traffic (S21).</summary>
    public const string SourceRangesEmpty = "source_ranges_empty";

    public const string NoEdge = "no_edge";
    public const string NoLiveAgent = "no_live_agent";

    /// <summary>The edges that would have agents have not called recently, so their last reports may be outdated.</summary>
    public const string EdgesUnknown = "edges_unknown";

    /// <summary>At every connected agent, a route has no healthy upstream.</summary>
    public const string UpstreamUnhealthy = "upstream_unhealthy";

    /// <summary>Agents are live but connected to no edge, as far as the edges reported.</summary>
    public const string NoAgentConnection = "no_agent_connection";

    public static string Explain(string problem) =>
        problem switch
        {
            Archived => "It is archived.",
            Paused => "It is paused: edges refuse its clients.",
            NoCertificate => "Its trust bundle is empty: register a certificate authority.",
            SourceRangesEmpty => "No client is allowed: set the clients' address ranges.",
            EdgesUnknown => "Its edges have not reported lately.",
            UpstreamUnhealthy => "A route has no healthy upstream: its MCP server does not answer the agents.",
            NoEdge => "No edge that serves it is connected.",
            NoLiveAgent => "No agent is connected to the service.",
            NoAgentConnection => "No agent is connected to an edge.",
            _ => problem.Replace('_', ' '),
        };
}
