using System.Diagnostics.Metrics;

namespace Culvert.Tunnel.Agent.Telemetry;

/// <summary>The agent's instruments. Labels are route names, codes and edge ids from configuration and feed: bounded.</summary>
internal sealed class AgentMetrics : IDisposable
{
    public const string MeterName = "Culvert.Tunnel.Agent";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> requests;
    private readonly Counter<long> refused;
    private readonly Counter<long> denied;
    private readonly Counter<long> aborted;
    private readonly Counter<long> brokenOff;
    private readonly UpDownCounter<long> edgeConnections;
    private readonly Counter<long> dialFailures;
    private readonly Counter<long> publicOrders;
    private readonly Counter<long> serverRequestsUnanswered;
    private readonly Counter<long> pinDrifts;
    private readonly Counter<long> pinVerifications;
    private readonly Counter<long> answerRows;
    private readonly Counter<long> answerValuesRemoved;
    private readonly Counter<long> answerValuesMasked;
    private readonly Counter<long> answersWithheld;

    public AgentMetrics(TimeProvider? time = null)
    {
        Recent = new RecentCalls(time ?? TimeProvider.System);
        requests = meter.CreateCounter<long>(
            "culvert_agent_requests",
            description: "Requests answered by an upstream."
        );
        refused = meter.CreateCounter<long>(
            "culvert_agent_refused",
            description: "Requests that the agent itself responded to."
        );
        denied = meter.CreateCounter<long>(
            "culvert_agent_policy_denied",
            description: "Calls that a route's rules deny, or would deny if they were enforced."
        );
        aborted = meter.CreateCounter<long>("culvert_agent_aborted", description: "Exchanges that the client left.");
        brokenOff = meter.CreateCounter<long>(
            "culvert_agent_broken_off",
            description: "Responses that were interrupted."
        );
        edgeConnections = meter.CreateUpDownCounter<long>(
            "culvert_agent_edge_connections",
            description: "Open connections to edges."
        );
        publicOrders = meter.CreateCounter<long>(
            "culvert_agent_acme_orders",
            description: "Orders of public certificates, by result."
        );
        serverRequestsUnanswered = meter.CreateCounter<long>(
            "culvert_agent_asks_unanswered",
            description: "Server-initiated requests that a policy withheld from the client, without a refusal because there were too many."
        );
        pinDrifts = meter.CreateCounter<long>(
            "culvert_agent_pin_drift",
            description: "Definitions that were found to differ from their pins, by class and action."
        );
        pinVerifications = meter.CreateCounter<long>(
            "culvert_agent_pin_verifications",
            description: "Readings of a server's definitions, by result."
        );
        answerRows = meter.CreateCounter<long>(
            "culvert_agent_answer_rows",
            description: "Records in answers that a route's answer rules judged, by outcome (crossed, kept_inside) and mode."
        );
        answerValuesRemoved = meter.CreateCounter<long>(
            "culvert_agent_answer_values_removed",
            description: "Values that answer rules removed from answers, or would remove if they were enforced, by mode."
        );
        answerValuesMasked = meter.CreateCounter<long>(
            "culvert_agent_answer_values_masked",
            description: "Values that answer rules masked, or would mask if they were enforced, by mode."
        );
        answersWithheld = meter.CreateCounter<long>(
            "culvert_agent_answers_withheld",
            description: "Answers that did not cross because of answer rules, or would not if they were enforced, by class and mode."
        );
        dialFailures = meter.CreateCounter<long>("culvert_agent_dial_failures", description: "Failed dials to edges.");
    }

    public RecentCalls Recent { get; }

    /// <summary>Exports the remaining lifetime of the inner-TLS leaf.</summary>
    /// <param name="secondsLeft">Negative after expiry; null without a leaf.</param>
    public void WatchLeaf(Func<double?> secondsLeft) =>
        meter.CreateObservableGauge(
            "culvert_agent_leaf_expiry_seconds",
            () => secondsLeft() is { } left ? [new Measurement<double>(left)] : Array.Empty<Measurement<double>>(),
            unit: "s",
            description: "Time until the inner-TLS leaf in use expires; negative after expiry."
        );

    /// <summary>Exports the remaining lifetime of each public certificate.</summary>
    /// <param name="names">Each wanted name, with null while it has no certificate.</param>
    public void WatchPublicLeaves(Func<IEnumerable<(string Name, double? SecondsLeft)>> names) =>
        meter.CreateObservableGauge(
            "culvert_agent_acme_expiry_seconds",
            () =>
                names()
                    .Where(n => n.SecondsLeft is not null)
                    .Select(n => new Measurement<double>(
                        n.SecondsLeft!.Value,
                        new KeyValuePair<string, object?>("name", n.Name)
                    )),
            unit: "s",
            description: "Time until a public certificate expires; negative after expiry."
        );

    public void WatchAudit(Func<long> sequence, Func<long> lost)
    {
        meter.CreateObservableGauge("culvert_agent_audit_sequence", sequence, description: "The newest audit record.");
        meter.CreateObservableCounter(
            "culvert_agent_audit_lost",
            lost,
            description: "Calls that were served and not recorded."
        );
    }

    /// <summary>Exports whether calls can be recorded.</summary>
    /// <param name="effect">What happens to calls while they cannot: <c>refused</c> or <c>unrecorded</c>; null while they
    /// can.</param>
    public void WatchRecording(Func<string?> effect) =>
        meter.CreateObservableGauge(
            "culvert_agent_audit_blocked",
            () =>
                effect() is { } now
                    ? new Measurement<int>(1, new KeyValuePair<string, object?>("effect", now))
                    : new Measurement<int>(0),
            description: "1 while calls cannot be recorded, by effect: they are refused, or served without a record."
        );

    /// <summary>Exports the last uses of static secrets; a secret that was not used has no sample.</summary>
    public void WatchSecrets(
        Func<IEnumerable<(string Setting, DateTimeOffset? LastUsedAt)>> secrets,
        TimeProvider time
    ) =>
        meter.CreateObservableGauge(
            "culvert_agent_static_secret_last_use_seconds",
            () =>
                secrets()
                    .Where(s => s.LastUsedAt is not null)
                    .Select(s => new Measurement<double>(
                        (time.GetUtcNow() - s.LastUsedAt!.Value).TotalSeconds,
                        new KeyValuePair<string, object?>("setting", s.Setting)
                    )),
            unit: "s",
            description: "Time since a static secret was last used, by the setting that names it."
        );

    public void WatchAuditExport(Func<long> sent, Func<long> failed, Func<long> skipped, Func<long> waiting)
    {
        meter.CreateObservableCounter(
            "culvert_agent_audit_exported",
            sent,
            description: "Audit records that the collector accepted."
        );
        meter.CreateObservableCounter(
            "culvert_agent_audit_export_failures",
            failed,
            description: "Failed attempts to send audit records, and records that the collector rejected."
        );
        meter.CreateObservableCounter(
            "culvert_agent_audit_export_skipped",
            skipped,
            description: "Audit records that were removed before the collector had them."
        );
        meter.CreateObservableGauge(
            "culvert_agent_audit_export_waiting",
            waiting,
            description: "Audit records that the collector lacks."
        );
    }

    public void WatchConfiguration(Func<long> refused, Func<int> restartKeys)
    {
        meter.CreateObservableCounter(
            "culvert_agent_configuration_refused",
            refused,
            description: "Changed configuration files that could not be reloaded."
        );
        meter.CreateObservableGauge(
            "culvert_agent_restart_needed",
            restartKeys,
            description: "Keys that the configuration file changes and only a restart can."
        );
    }

    public void ServerRequestUnanswered(string route) =>
        serverRequestsUnanswered.Add(1, new KeyValuePair<string, object?>("route", route));

    public void Forwarded(string route, int status)
    {
        requests.Add(1, new("route", route), new("class", StatusClass(status)));
        Recent.Add(route, status, "");
    }

    public void Refused(string route, string reason)
    {
        refused.Add(1, new("route", route), new("reason", reason));
        Recent.Add(route, 0, reason);
    }

    public void Denied(string route, bool isEnforced) => denied.Add(1, new("route", route), Mode(isEnforced));

    /// <summary>Counts what answer rules did to an answer, or would have done if they were enforced.</summary>
    /// <param name="problem">Why the answer was withheld: a stable word; empty if it was not.</param>
    public void Judged(
        string route,
        bool isEnforced,
        (long Crossed, long KeptInside) rows,
        long removed,
        long masked,
        string problem
    )
    {
        var (name, mode) = (new KeyValuePair<string, object?>("route", route), Mode(isEnforced));
        answerRows.Add(rows.Crossed, name, new("outcome", "crossed"), mode);
        answerRows.Add(rows.KeptInside, name, new("outcome", "kept_inside"), mode);
        answerValuesRemoved.Add(removed, name, mode);
        answerValuesMasked.Add(masked, name, mode);
        if (problem.Length > 0)
        {
            answersWithheld.Add(1, name, new("class", problem), mode);
        }
    }

    public void Aborted(string route) => aborted.Add(1, new KeyValuePair<string, object?>("route", route));

    public void BrokenOff(string route) => brokenOff.Add(1, new KeyValuePair<string, object?>("route", route));

    public void EdgeConnections(string edge, int change) =>
        edgeConnections.Add(change, new KeyValuePair<string, object?>("edge", edge));

    /// <summary>Counts an order by its outcome: <c>issued</c>, or the code of its failure.</summary>
    public void PublicOrder(string name, string outcome) =>
        publicOrders.Add(1, new("name", name), new("outcome", outcome));

    public void Drifted(string route, string driftClass, string action) =>
        pinDrifts.Add(1, new("route", route), new("class", driftClass), new("action", action));

    public void PinsVerified(string route, bool isComplete) =>
        pinVerifications.Add(1, new("route", route), new("result", isComplete ? "complete" : "failed"));

    public void DialFailed(string edge, string stage) => dialFailures.Add(1, new("edge", edge), new("stage", stage));

    public void Dispose() => meter.Dispose();

    private static KeyValuePair<string, object?> Mode(bool isEnforced) =>
        new("mode", isEnforced ? "enforce" : "observe");

    private static string StatusClass(int status) =>
        (status / 100) switch
        {
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            5 => "5xx",
            _ => "other",
        };
}
