using System.Text.Json;
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
            .. await EnqueueAsync("tool.drift", "drifts", drifts, WriteDrift),
            .. await EnqueueAsync("policy.changed", "routes", ListPolicies(report, known), WritePolicy),
            .. await EnqueueAsync("policy.refused", "routes", ListRefused(report, known), WriteRefused),
        ];

        async ValueTask<IReadOnlyList<Statement>> EnqueueAsync<T>(
            string type,
            string member,
            List<T> entries,
            Action<Utf8JsonWriter, T> write
        ) =>
            entries.Count == 0
                ? []
                : await webhooks.EnqueueAsync(
                    tunnel.OrganizationId,
                    type,
                    now,
                    json =>
                    {
                        json.WriteString("tunnel_id", tunnel.Id.Value);
                        json.WriteString("instance_id", instanceId);
                        NoticeList.Write(json, member, entries, write);
                    },
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

    private static void WriteDrift(Utf8JsonWriter json, (string Route, AgentReportDrift Drift) found)
    {
        var (route, drift) = found;
        json.WriteString("route", route);
        json.WriteString("kind", drift.Kind);
        json.WriteString("name", drift.Name);
        json.WriteString("classes", drift.Classes);
        json.WriteString("action", drift.Action);
        json.WriteString("since", drift.Since);
    }

    private static void WritePolicy(Utf8JsonWriter json, (string Route, string Policy, string Before) changed)
    {
        json.WriteString("route", changed.Route);
        json.WriteString("policy", changed.Policy);
        json.WriteString("before", changed.Before);
    }

    private static void WriteRefused(Utf8JsonWriter json, (string Route, string Policy, string Problem) refused)
    {
        json.WriteString("route", refused.Route);
        json.WriteString("policy_id", refused.Policy);
        json.WriteString("problem", refused.Problem);
    }
}
