using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Servers;

/// <summary>
/// Notifies webhooks of answers that answer rules could not judge: <c>answer.unfit</c>, at most once per route and hour,
/// with the number since the last message. What comes within the hour is in the message of the first unfit answer after it.
/// </summary>
internal sealed class UnfitAnswers(InventoryStore inventory, RouteStore routes, WebhookQueue webhooks)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <param name="newRoutes">Routes that the same decision adds.</param>
    /// <returns>They precede the statements of <see cref="InventoryStore.Add"/>, which mark the part as counted.</returns>
    public async ValueTask<IReadOnlyList<Statement>> PlanAsync(
        Tunnel tunnel,
        string instanceId,
        AgentReportUsage usage,
        IReadOnlyCollection<string> newRoutes,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var unfit = usage
            .Entries.Where(use => use.Answers is { Unfit: > 0 })
            .GroupBy(use => use.Route, use => use.Answers!.Unfit, StringComparer.Ordinal)
            .ToList();
        if (unfit.Count == 0 || await inventory.IsCountedAsync(tunnel.Id, instanceId, usage, cancellationToken))
        {
            return [];
        }

        List<Statement> statements = [];
        List<(string Route, long Answers, DateTime? Since)> due = [];
        foreach (var route in unfit)
        {
            var known =
                await routes.FindAsync(tunnel.Id.Value, route.Key, cancellationToken)
                ?? (newRoutes.Contains(route.Key) ? new RouteRow() : null);
            if (known is null)
            {
                continue; // beyond the limit of routes
            }

            var noticed = Instants.FromStore(known.NoticedUnfitAtMs);
            var answers = known.UnfitAnswers + route.Sum();
            if (noticed + Interval > now)
            {
                statements.Add(routes.SetUnfit(tunnel.Id, route.Key, known, answers, noticed));
                continue;
            }

            statements.Add(routes.SetUnfit(tunnel.Id, route.Key, known, answers: 0, now));
            due.Add((route.Key, answers, known.NoticedUnfitAtMs > 0 ? noticed.UtcDateTime : null));
        }

        return due.Count == 0
            ? statements
            :
            [
                .. statements,
                .. await webhooks.EnqueueAsync(
                    tunnel.OrganizationId,
                    "answer.unfit",
                    now,
                    [
                        ("tunnel_id", tunnel.Id.Value),
                        ("instance_id", instanceId),
                        .. NoticeList.Create(
                            "routes",
                            due,
                            one => [("route", one.Route), ("answers", one.Answers), ("since", one.Since)]
                        ),
                    ],
                    cancellationToken
                ),
            ];
    }
}
