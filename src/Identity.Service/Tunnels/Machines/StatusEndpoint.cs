using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary><c>GET /v1/tunnels/{id}/status</c>: one look that says whether calls get through, and what is missing.</summary>
internal sealed class StatusEndpoint(
    TunnelAccess access,
    AgentDirectory agents,
    IRegisteredCertificateStore certificates,
    TunnelEdges edges
)
{
    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await access.FindAsync(request, cancellationToken);
        if (found.Value is not { } tunnel)
        {
            return found.Refusal!;
        }

        var live = await certificates.ListLiveAsync(tunnel.Id, cancellationToken);
        var enrolled = await agents.ListAsync(tunnel, cancellationToken);
        var relays = await edges.ListAsync(tunnel, cancellationToken);
        var problems = ProblemsOf(tunnel, live.Count, enrolled, relays);
        return ApiAnswer.Json(
            new TunnelStatusDocument
            {
                TunnelId = tunnel.Id.Value,
                Domain = tunnel.Domain,
                Status = tunnel.IsArchived ? TunnelStatus.Archived : TunnelStatus.Active,
                Ready = problems.Count == 0,
                Problems = problems,
                ServerCertificateMode = AgentFeeds.ModeOf(live),
                TrustBundleEpoch = tunnel.BundleEpoch,
                Certificates = live.Count,
                AgentsEnrolled = enrolled.Count(agent => agent.RevokedAt is null),
                AgentsLive = enrolled.Count(agent => agent.Live),
                Edges = relays,
            },
            TunnelJson.Default.TunnelStatusDocument
        );
    }

    private static List<string> ProblemsOf(
        Tunnel tunnel,
        int certificateCount,
        IReadOnlyList<AgentDocument> agents,
        IReadOnlyList<TunnelStatusEdge> edges
    )
    {
        var problems = new List<string>();
        Add(tunnel.IsArchived, TunnelProblem.Archived);
        Add(certificateCount == 0, TunnelProblem.NoCertificate);
        Add(tunnel.ClientSourceRanges.Count == 0, TunnelProblem.SourceRangesEmpty);
        Add(!edges.Any(edge => edge.Live), TunnelProblem.NoEdge);
        Add(!agents.Any(agent => agent.Live), TunnelProblem.NoLiveAgent);
        Add(edges.All(edge => edge.AgentConnections == 0), TunnelProblem.NoAgentConnection);
        return problems;

        void Add(bool applies, string problem)
        {
            if (applies)
            {
                problems.Add(problem);
            }
        }
    }
}
