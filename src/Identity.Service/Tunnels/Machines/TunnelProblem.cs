namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>Why a tunnel cannot carry calls; names that monitoring may rely on.</summary>
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

    /// <summary>The edges that would have agents were not heard of lately: what they said last may not hold.</summary>
    public const string EdgesUnknown = "edges_unknown";

    /// <summary>A route has no healthy upstream at any connected agent.</summary>
    public const string UpstreamUnhealthy = "upstream_unhealthy";

    /// <summary>Agents are alive but connected to no edge, as far as the edges reported.</summary>
    public const string NoAgentConnection = "no_agent_connection";

    /// <summary>One sentence for an operator.</summary>
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
