using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Servers;

/// <summary>
/// Adds up agents' usage reports, each part once, and notifies webhooks of routes and callers that are new in the inventory:
/// at most one <c>server.new</c> and one <c>caller.new</c> per report.
/// </summary>
internal sealed class UsageReports(
    InventoryStore inventory,
    CallerStore callers,
    RouteStore routes,
    RouteDayStore days,
    TunnelMinuteStore minutes,
    ReportedChanges changes,
    UnfitAnswers unfit,
    WebhookQueue webhooks
)
{
    /// <summary>Call it after the plan is committed.</summary>
    public void Complete(UsagePlan plan)
    {
        if (plan.HasMessages)
        {
            webhooks.Wake();
        }
    }

    public async ValueTask<UsagePlan> PlanAsync(
        Tunnel tunnel,
        string instanceId,
        AgentReport report,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var newRoutes = await ListNewRoutesAsync(tunnel.Id, report, cancellationToken);
        List<Statement> messages = [.. await changes.PlanAsync(tunnel, instanceId, report, now, cancellationToken)];
        if (newRoutes.Count > 0)
        {
            messages.AddRange(
                await webhooks.EnqueueAsync(
                    tunnel.OrganizationId,
                    "server.new",
                    now,
                    DescribeServers(tunnel, report, newRoutes),
                    cancellationToken
                )
            );
        }

        IEnumerable<Statement> used = [];
        if (report.Usage is { } usage)
        {
            var newCallers = await callers.ListNewAsync(
                tunnel.Id,
                ListCallers(usage),
                UsageCheck.MaxCallers,
                cancellationToken
            );
            if (newCallers.Count > 0)
            {
                var notices = await webhooks.EnqueueAsync(
                    tunnel.OrganizationId,
                    "caller.new",
                    now,
                    DescribeCallers(tunnel, newCallers),
                    cancellationToken
                );
                // Without a message, the order of two reports does not matter.
                messages.AddRange(notices.Count > 0 ? newCallers.Select(c => callers.RequireNew(tunnel.Id, c)) : []);
                messages.AddRange(notices);
            }

            messages.AddRange(await unfit.PlanAsync(tunnel, instanceId, usage, newRoutes, now, cancellationToken));
            used =
            [
                .. days.Add(tunnel.Id, instanceId, usage, now),
                .. minutes.Add(tunnel.Id, instanceId, usage, now),
                .. callers.Add(tunnel.Id, instanceId, usage, now, UsageCheck.MaxCallers),
                .. inventory.Add(tunnel.Id, instanceId, usage, now, UsageCheck.MaxNames),
            ];
        }

        return new UsagePlan(
            [.. newRoutes.Select(route => routes.Insert(tunnel.Id, route, now)), .. messages, .. used],
            messages.Count > 0
        );
    }

    private async ValueTask<IReadOnlyList<string>> ListNewRoutesAsync(
        TunnelId tunnelId,
        AgentReport report,
        CancellationToken cancellationToken
    )
    {
        List<string> reported =
        [
            .. report
                .Routes.Select(route => route.Name)
                .Concat(report.Usage?.Entries.Select(use => use.Route) ?? [])
                .Where(route => route.Length > 0 && !route.Any(char.IsControl))
                .Distinct(StringComparer.Ordinal),
        ];
        if (reported.Count == 0)
        {
            return [];
        }

        var known = await routes.ListNamesAsync(tunnelId, cancellationToken);
        return
        [
            .. reported.Where(route => !known.Contains(route)).Take(Math.Max(0, UsageCheck.MaxRoutes - known.Count)),
        ];
    }

    private static List<RouteCaller> ListCallers(AgentReportUsage usage) =>
        [
            .. usage
                .Entries.SelectMany(use => (use.Callers ?? []).Select(caller => RouteCaller.From(use, caller)))
                .Where(caller => !caller.IsOther)
                .DistinctBy(caller => caller.Key),
        ];

    private static AuditData DescribeServers(Tunnel tunnel, AgentReport report, IReadOnlyList<string> names)
    {
        var hostnames = report
            .Routes.DistinctBy(route => route.Name)
            .ToDictionary(route => route.Name, route => route.Hostname, StringComparer.Ordinal);
        return
        [
            ("tunnel_id", tunnel.Id.Value),
            .. NoticeList.Create(
                "servers",
                names,
                name => [("route", name), ("hostname", hostnames.GetValueOrDefault(name))]
            ),
        ];
    }

    private static AuditData DescribeCallers(Tunnel tunnel, IReadOnlyList<RouteCaller> found) =>
        [
            ("tunnel_id", tunnel.Id.Value),
            .. NoticeList.Create(
                "callers",
                found,
                caller =>
                    [
                        ("route", caller.Route),
                        ("issuer", caller.Issuer),
                        ("subject", caller.Subject),
                        ("client_id", caller.ClientId),
                    ]
            ),
        ];
}
