using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// Reads which tools a person may reach at a route: those that its policy showed to a caller, or of which it allowed calls, as its
/// agents report it. The policy decides at the agent, for each caller and call.
/// </summary>
internal sealed class RouteToolsReader(TokenTargets targets, AgentReportStore reports, InventoryStore inventory)
{
    public const int MaxShown = 12;

    public const int MaxRead = 200;

    public async ValueTask<RouteTools> ReadAsync(
        PersonDecision decided,
        string resource,
        CancellationToken cancellationToken
    )
    {
        var rule = decided.Rule!;
        if (
            await targets.FindTunnelAsync(rule, decided.WorkspaceId, resource, cancellationToken) is not { } tunnel
            || await FindRouteAsync(tunnel, new Uri(resource).IdnHost, cancellationToken) is not { } route
        )
        {
            return RouteTools.None;
        }

        var rows = await inventory.ListAsync(
            new InventoryFilter
            {
                OrganizationId = tunnel.OrganizationId,
                TunnelId = tunnel.Id.Value,
                Route = route,
                Kind = "tool",
                IsReachable = true,
            },
            new PageRequest(MaxRead, long.MaxValue, IncludeArchived: false),
            cancellationToken
        );
        var names = rows.Select(row => row.Name).Order(StringComparer.Ordinal).ToList();
        return new RouteTools([.. names.Take(MaxShown)], Math.Max(0, names.Count - MaxShown));
    }

    // The name that the newest report of an agent gives the route.
    private async ValueTask<string?> FindRouteAsync(Tunnel tunnel, string host, CancellationToken cancellationToken) =>
        (await reports.ListAsync(tunnel.Id, cancellationToken))
            .OrderByDescending(report => report.At)
            .Select(report => report.Read().Routes.FirstOrDefault(route => route.Hostname == host)?.Name)
            .FirstOrDefault(name => name is not null);
}
