using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.RangeSets;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary><c>GET /v1/tunnels/{id}/status</c>: one look that says whether calls get through, and what is missing.</summary>
internal sealed class StatusEndpoint(
    TunnelAccess access,
    AgentDirectory agents,
    IRegisteredCertificateStore certificates,
    TunnelEdges edges,
    IClientRangeSetStore sets
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
        var problems = ProblemsOf(
            tunnel,
            await HasRangesAsync(tunnel, cancellationToken),
            live.Count,
            enrolled,
            relays
        );
        return ApiAnswer.Json(
            new TunnelStatusDocument
            {
                TunnelId = tunnel.Id.Value,
                Domain = tunnel.Domain,
                Status = tunnel.Status,
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

    private async ValueTask<bool> HasRangesAsync(Tunnel tunnel, CancellationToken cancellationToken)
    {
        var all = await sets.ListAsync(tunnel.OrganizationId, cancellationToken);
        return EffectiveRanges.Of(tunnel, name => all.FirstOrDefault(set => set.Name == name)).Count > 0;
    }

    private static List<string> ProblemsOf(
        Tunnel tunnel,
        bool hasRanges,
        int certificateCount,
        IReadOnlyList<AgentDocument> agents,
        IReadOnlyList<TunnelStatusEdge> edges
    )
    {
        var problems = new List<string>();
        Add(tunnel.IsArchived, TunnelProblem.Archived);
        Add(tunnel is { IsArchived: false, PausedAt: not null }, TunnelProblem.Paused);
        Add(certificateCount == 0, TunnelProblem.NoCertificate);
        Add(!hasRanges, TunnelProblem.SourceRangesEmpty);
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
