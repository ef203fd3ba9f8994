using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Servers;

/// <summary>
/// Notifies webhooks of what an agent's report has and no earlier report of its tunnel: <c>tool.drift</c> for definitions
/// that differ from what was approved, <c>policy.changed</c> for another policy of a route. Agents of a tunnel find the same,
/// and the first says it; of two reports in one moment, both may.
/// </summary>
internal sealed class ReportedChanges(AgentReportStore reports, WebhookQueue webhooks)
{
    /// <summary>Entries of one message; <c>more</c> counts the others.</summary>
    private const int MaxInMessage = 50;

    public async ValueTask<IReadOnlyList<Statement>> PlanAsync(
        Tunnel tunnel,
        string instanceId,
        AgentReport report,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var before = await reports.FindAsync(tunnel.Id, instanceId, cancellationToken);
        var known = before is null ? [] : (List<AgentReport>)[before];
        if (ListDrifts(report, known).Count == 0 && ListPolicies(report, known).Count == 0 && before is not null)
        {
            return []; // nothing that it did not say itself: the others need not be read
        }

        known =
        [
            .. (await reports.ListAsync(tunnel.Id, cancellationToken)).Select(stored =>
                JsonSerializer.Deserialize(stored.Body, WireJson.Default.AgentReport)!
            ),
        ];
        var (drifts, policies) = (ListDrifts(report, known), ListPolicies(report, known));
        List<Statement> messages = [];
        if (drifts.Count > 0)
        {
            messages.AddRange(
                await webhooks.EnqueueAsync(
                    tunnel.OrganizationId,
                    "tool.drift",
                    now,
                    json => WriteDrifts(json, tunnel, instanceId, drifts),
                    cancellationToken
                )
            );
        }

        if (policies.Count > 0)
        {
            messages.AddRange(
                await webhooks.EnqueueAsync(
                    tunnel.OrganizationId,
                    "policy.changed",
                    now,
                    json => WritePolicies(json, tunnel, instanceId, policies),
                    cancellationToken
                )
            );
        }

        return messages;
    }

    private static List<(string Route, AgentReportDrift Drift)> ListDrifts(
        AgentReport report,
        IReadOnlyList<AgentReport> known
    )
    {
        var old = known.SelectMany(Drifts).Select(Key).ToHashSet();
        return [.. Drifts(report).Where(found => !old.Contains(Key(found)))];

        static IEnumerable<(string Route, AgentReportDrift Drift)> Drifts(AgentReport report) =>
            report.Routes.SelectMany(route => (route.Drifts ?? []).Select(drift => (route.Name, drift)));

        static (string Route, string Kind, string Name, string Classes, string Observed) Key(
            (string Route, AgentReportDrift Drift) found
        ) => (found.Route, found.Drift.Kind, found.Drift.Name, found.Drift.Classes, found.Drift.Observed);
    }

    // A route that no agent reported before is a new server, and has not changed its policy.
    private static List<(string Route, string Policy, string Before)> ListPolicies(
        AgentReport report,
        IReadOnlyList<AgentReport> known
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

    private static void WriteDrifts(
        Utf8JsonWriter json,
        Tunnel tunnel,
        string instanceId,
        List<(string Route, AgentReportDrift Drift)> drifts
    )
    {
        json.WriteString("tunnel_id", tunnel.Id.Value);
        json.WriteString("instance_id", instanceId);
        json.WriteStartArray("drifts");
        foreach (var (route, drift) in drifts.Take(MaxInMessage))
        {
            json.WriteStartObject();
            json.WriteString("route", route);
            json.WriteString("kind", drift.Kind);
            json.WriteString("name", drift.Name);
            json.WriteString("classes", drift.Classes);
            json.WriteString("action", drift.Action);
            json.WriteString("since", drift.Since);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("more", Math.Max(0, drifts.Count - MaxInMessage));
    }

    private static void WritePolicies(
        Utf8JsonWriter json,
        Tunnel tunnel,
        string instanceId,
        List<(string Route, string Policy, string Before)> policies
    )
    {
        json.WriteString("tunnel_id", tunnel.Id.Value);
        json.WriteString("instance_id", instanceId);
        json.WriteStartArray("routes");
        foreach (var (route, policy, before) in policies.Take(MaxInMessage))
        {
            json.WriteStartObject();
            json.WriteString("route", route);
            json.WriteString("policy", policy);
            json.WriteString("before", before);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("more", Math.Max(0, policies.Count - MaxInMessage));
    }
}
