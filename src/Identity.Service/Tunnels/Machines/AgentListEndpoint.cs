using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary><c>GET /v1/agents</c>: the agents of all tunnels that the caller sees.</summary>
internal sealed class AgentListEndpoint(TunnelStore tunnels, TunnelEdges edges, AgentDirectory directory)
{
    /// <summary>Tunnels read per request, at most; a page may therefore have fewer agents than requested.</summary>
    internal const int MaxTunnels = 100;

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!AgentQuery.Read(request).TryGet(out var query, out var refusal))
        {
            return refusal;
        }

        var page = await ReadAsync(request.Caller, query, cancellationToken);
        return ApiAnswer.Json(page, TunnelJson.Default.PageAgentDocument);
    }

    private async ValueTask<Page<AgentDocument>> ReadAsync(
        Caller caller,
        AgentQuery query,
        CancellationToken cancellationToken
    )
    {
        var candidates = await ListTunnelsAsync(caller, query, cancellationToken);
        var reported = await edges.ReadAsync(cancellationToken);
        var found = new List<(AgentDocument Agent, AgentPlace Place)>();
        foreach (var tunnel in candidates.Take(MaxTunnels))
        {
            found.AddRange(
                (await PlaceAsync(tunnel, reported, cancellationToken)).Where(one =>
                    one.Place.IsBehind(query.After) && query.Matches(one.Agent)
                )
            );
            if (found.Count > query.Limit)
            {
                break;
            }
        }

        var page = Pages.Cut(found, query.Limit, one => one.Place.ToCursor()).Select(one => one.Agent);
        return page.NextPage is null && candidates.Count > MaxTunnels
            ? page with
            {
                NextPage = AgentPlace.First(candidates[MaxTunnels]).ToCursor(),
            }
            : page;
    }

    private async ValueTask<IReadOnlyList<Tunnel>> ListTunnelsAsync(
        Caller caller,
        AgentQuery query,
        CancellationToken cancellationToken
    )
    {
        if (query.TunnelId is not { } text)
        {
            return await tunnels.ListAsync(
                caller.OrganizationId,
                caller.WorkspaceId,
                new PageRequest(MaxTunnels, query.After.TunnelsBefore, IncludeArchived: false),
                cancellationToken
            );
        }

        return
            TunnelId.TryParse(text, out var id)
            && await tunnels.FindAsync(id.Value, cancellationToken) is { } tunnel
            && caller.Sees(tunnel.OrganizationId, tunnel.WorkspaceId)
            ? [tunnel]
            : [];
    }

    private async ValueTask<IEnumerable<(AgentDocument Agent, AgentPlace Place)>> PlaceAsync(
        Tunnel tunnel,
        IReadOnlyList<ReportedEdge> reported,
        CancellationToken cancellationToken
    )
    {
        var agents = await directory.ListAsync(tunnel, reported, cancellationToken);
        return agents
            .GroupBy(agent => new DateTimeOffset(agent.CreatedAt).ToUnixTimeMilliseconds())
            .OrderByDescending(group => group.Key)
            .SelectMany(group =>
                group
                    .OrderByDescending(agent => agent.Id, StringComparer.Ordinal)
                    .Select((agent, rank) => (agent, new AgentPlace(tunnel.Ordinal, group.Key, rank)))
            );
    }
}
