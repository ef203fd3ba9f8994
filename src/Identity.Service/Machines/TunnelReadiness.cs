using Culvert.Identity.Service.Nodes;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Identity.Service.Tunnels.RangeSets;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// Decides whether calls get through, for API, console, command line and metrics: an assigned edge that has reported
/// recently has a live connection to an agent, and for each route such an agent has a healthy upstream.
/// </summary>
internal sealed class TunnelReadiness(
    AgentDirectory agents,
    RegisteredCertificateStore certificates,
    TunnelEdges edges,
    ClientRangeSetStore sets,
    VersionStore nodes
)
{
    public async ValueTask<TunnelStatusDocument> FindAsync(Tunnel tunnel, CancellationToken cancellationToken) =>
        await FindAsync(tunnel, await edges.ReadAsync(cancellationToken), cancellationToken);

    /// <param name="all">From <see cref="TunnelEdges.ReadAsync"/>.</param>
    public async ValueTask<TunnelStatusDocument> FindAsync(
        Tunnel tunnel,
        IReadOnlyList<ReportedEdge> all,
        CancellationToken cancellationToken
    )
    {
        var relays = await edges.AssignedAsync(tunnel, all, cancellationToken);
        var live = await certificates.ListLiveAsync(tunnel.Id, cancellationToken);
        var enrolled = await agents.ListAsync(tunnel, all, cancellationToken);
        var count = await nodes.CountNodesAsync(cancellationToken);
        var hasRanges = await HasRangesAsync(tunnel, cancellationToken);
        var heard = relays.Where(edge => edge.Presence == EdgePresence.Live).ToList();
        var routes = ToRoutes(tunnel, enrolled, heard);
        var problems = FindProblems(tunnel, hasRanges, live.Count, enrolled, heard, routes);

        // Whether it would be ready if the silent machines were in their last reported state.
        var assumed = relays.Where(edge => edge.Presence != EdgePresence.Gone).ToList();
        var isUnknown =
            problems.Count > 0
            && assumed.Count > heard.Count
            && FindProblems(tunnel, hasRanges, live.Count, enrolled, assumed, ToRoutes(tunnel, enrolled, assumed)).Count
                == 0;
        if (isUnknown)
        {
            problems = [TunnelProblem.EdgesUnknown];
        }

        return new TunnelStatusDocument(
            TunnelId: tunnel.Id.Value,
            DisplayName: tunnel.DisplayName,
            Domain: tunnel.Domain,
            Status: tunnel.Status,
            State: problems.Count == 0 ? TunnelState.Ready
                : isUnknown ? TunnelState.Unknown
                : enrolled.Count == 0 && !tunnel.IsArchived ? TunnelState.NotSetUp
                : TunnelState.NotReady,
            Ready: problems.Count == 0,
            Problems: problems,
            ServerCertificateMode: AgentFeeds.GetMode(live),
            TrustBundleEpoch: tunnel.BundleEpoch,
            Certificates: live.Count,
            AgentsEnrolled: enrolled.Count(agent => agent.RevokedAt is null),
            AgentsConnected: enrolled.Count(agent => agent.RevokedAt is null && agent.IsConnected),
            AgentsLive: enrolled.Count(agent => agent.Live),
            AgentsFailing: enrolled.Count(agent =>
                agent.Live && agent.Doctor?.Checks.Any(check => check.Status == AgentReportCheck.Fail) == true
            ),
            Routes: routes,
            EdgesServing: heard.Count(edge => edge.FindAgents(tunnel).Any()),
            ServiceNodesLive: count.Live,
            ServiceNodes: count.Known,
            PublicPort: tunnel.PublicPort,
            Edges: await edges.ListAsync(tunnel, all, cancellationToken)
        );
    }

    private async ValueTask<bool> HasRangesAsync(Tunnel tunnel, CancellationToken cancellationToken)
    {
        var all = await sets.ListAsync(tunnel.OrganizationId, cancellationToken);
        return EffectiveRanges.Get(tunnel, name => all.FirstOrDefault(set => set.Name == name)).Count > 0;
    }

    // Only agents that clients can reach. The last report of an agent without recent contact is outdated.
    private static List<TunnelStatusRoute> ToRoutes(
        Tunnel tunnel,
        IReadOnlyList<AgentDocument> agents,
        List<ReportedEdge> heard
    )
    {
        var connected = heard
            .SelectMany(edge => edge.FindAgents(tunnel))
            .Select(agent => agent.InstanceId)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. agents
                .Where(agent => agent.RevokedAt is null && connected.Contains(agent.InstanceId))
                .SelectMany(agent => agent.Routes, (agent, route) => (agent, route))
                .GroupBy(pair => pair.route.Name, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new TunnelStatusRoute(
                    Name: group.Key,
                    Agents: group.Count(),
                    UpstreamHealthy: group.Any(pair => pair.agent.Live && pair.route.UpstreamHealthy == true) ? true
                        : group.Any(pair => !pair.agent.Live || pair.route.UpstreamHealthy is null) ? null
                        : false,
                    Detail: group.First().route.Detail
                )),
        ];
    }

    private static List<string> FindProblems(
        Tunnel tunnel,
        bool hasRanges,
        int certificateCount,
        IReadOnlyList<AgentDocument> agents,
        List<ReportedEdge> edges,
        List<TunnelStatusRoute> routes
    )
    {
        var problems = new List<string>();
        Add(tunnel.IsArchived, TunnelProblem.Archived);
        Add(tunnel is { IsArchived: false, PausedAt: not null }, TunnelProblem.Paused);
        Add(certificateCount == 0, TunnelProblem.NoCertificate);
        Add(!hasRanges, TunnelProblem.SourceRangesEmpty);
        Add(edges.Count == 0, TunnelProblem.NoEdge);
        Add(!agents.Any(agent => agent.Live), TunnelProblem.NoLiveAgent);
        Add(!edges.Any(edge => edge.FindAgents(tunnel).Any()), TunnelProblem.NoAgentConnection);
        Add(routes.Any(route => route.UpstreamHealthy == false), TunnelProblem.UpstreamUnhealthy);
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
