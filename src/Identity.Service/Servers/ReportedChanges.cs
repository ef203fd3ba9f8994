using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Servers;

/// <summary>
/// Notifies webhooks of news in an agent's report: <c>tool.drift</c> for definitions that differ from the approved ones,
/// <c>policy.changed</c> for a route's new policy, <c>policy.refused</c> for a version that the agent cannot use. The agents
/// of a tunnel find the same news: the first report notifies; two simultaneous ones may both do. Drifts are also counted by
/// day, for charts.
/// </summary>
internal sealed class ReportedChanges(AgentReportStore reports, RouteDayStore days, WebhookQueue webhooks)
{
    public async ValueTask<IReadOnlyList<Statement>> PlanAsync(
        Tunnel tunnel,
        string instanceId,
        AgentReport report,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (await reports.FindAsync(tunnel.Id, instanceId, cancellationToken) is { } before)
        {
            var own = (AgentReport[])[before.Read()];
            if (ListDrifts(report, own).Count + ListPolicies(report, own).Count + ListRefused(report, own).Count == 0)
            {
                return []; // the report has no news of its own: the others need not be read
            }
        }

        AgentReport[] known =
        [
            .. (await reports.ListAsync(tunnel.Id, cancellationToken)).Select(stored => stored.Read()),
        ];
        var drifts = ListDrifts(report, known);
        return
        [
            .. days.AddDrifts(tunnel.Id, drifts.Select(found => found.Route), now),
            .. await EnqueueAsync("tool.drift", "drifts", drifts, DescribeDrift),
            .. await EnqueueAsync("policy.changed", "routes", ListPolicies(report, known), DescribePolicy),
            .. await EnqueueAsync("policy.refused", "routes", ListRefused(report, known), DescribeRefused),
        ];

        async ValueTask<IReadOnlyList<Statement>> EnqueueAsync<T>(
            string type,
            string member,
            List<T> entries,
            Func<T, AuditData> describe
        ) =>
            entries.Count == 0
                ? []
                : await webhooks.EnqueueAsync(
                    tunnel.OrganizationId,
                    type,
                    now,
                    [
                        ("tunnel_id", tunnel.Id.Value),
                        ("instance_id", instanceId),
                        .. NoticeList.Create(member, entries, describe),
                    ],
                    cancellationToken
                );
    }

    private static List<(string Route, AgentReportDrift Drift)> ListDrifts(AgentReport report, AgentReport[] known)
    {
        var old = known.SelectMany(Drifts).Select(Key).ToHashSet();
        return [.. Drifts(report).Where(found => !old.Contains(Key(found)))];

        static IEnumerable<(string Route, AgentReportDrift Drift)> Drifts(AgentReport report) =>
            report.Routes.SelectMany(route => (route.Drifts ?? []).Select(drift => (route.Name, drift)));

        static (string Route, string Kind, string Name, string Classes, string Observed) Key(
            (string Route, AgentReportDrift Drift) found
        ) => (found.Route, found.Drift.Kind, found.Drift.Name, found.Drift.Classes, found.Drift.Observed);
    }

    // A route that no agent reported before is a new server, not a changed policy.
    private static List<(string Route, string Policy, string Before)> ListPolicies(
        AgentReport report,
        AgentReport[] known
    )
    {
        var old = known
            .SelectMany(other => other.Routes)
            .Where(route => route.Policy is not null)
            .ToLookup(route => route.Name, route => route.Policy!, StringComparer.Ordinal);
        return
        [
            .. report
                .Routes.Where(route =>
                    route.Policy is not null && old.Contains(route.Name) && !old[route.Name].Contains(route.Policy)
                )
                .Select(route => (route.Name, route.Policy!, old[route.Name].First())),
        ];
    }

    private static List<(string Route, string Policy, string Problem)> ListRefused(
        AgentReport report,
        AgentReport[] known
    )
    {
        var old = known.SelectMany(Refused).ToHashSet();
        return [.. Refused(report).Where(found => !old.Contains(found))];

        static IEnumerable<(string Route, string Policy, string Problem)> Refused(AgentReport report) =>
            report
                .Routes.Where(route => route.ServicePolicy?.Refused is not null)
                .Select(route => (route.Name, route.ServicePolicy!.Refused!, route.ServicePolicy.Problem));
    }

    private static AuditData DescribeDrift((string Route, AgentReportDrift Drift) found) =>
        [
            ("route", found.Route),
            ("kind", found.Drift.Kind),
            ("name", found.Drift.Name),
            ("classes", found.Drift.Classes),
            ("action", found.Drift.Action),
            ("since", found.Drift.Since),
        ];

    private static AuditData DescribePolicy((string Route, string Policy, string Before) changed) =>
        [("route", changed.Route), ("policy", changed.Policy), ("before", changed.Before)];

    private static AuditData DescribeRefused((string Route, string Policy, string Problem) refused) =>
        [("route", refused.Route), ("policy_id", refused.Policy), ("problem", refused.Problem)];
}
