using System.Diagnostics.Metrics;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Telemetry;
using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// Starts the counters of alerting events at 0: a counter that begins with its first event shows no increase. A label
/// whose values are not known in advance, such as an error code, begins with its first event.
/// </summary>
internal sealed class EventCounters(TransparencyOptions transparency) : IHostedService
{
    private static readonly string[] Disputes =
    [
        CheckpointAlarm.Fork,
        CheckpointAlarm.Rollback,
        CheckpointAlarm.Signature,
    ];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ServiceMeters.ClockAlarms.Add(0);
        ServiceMeters.SecretsDiscarded.Add(0);
        ServiceMeters.RevocationListsHeldBack.Add(0);
        ServiceMeters.RevocationListFailures.Add(0);
        ServiceMeters.TransparencyContradictions.Add(0);
        Begin(ServiceMeters.AuditDisputes, "reason", Disputes);
        Begin(ServiceMeters.AgentCheckpointDisputes, "reason", Disputes);
        Begin(ServiceMeters.ReplaysDetected, "mode", WireNames.List<ReplayMode>());
        Begin(ServiceMeters.WebhookAttempts, "outcome", WebhookDeliverer.Outcomes);
        Begin(ServiceMeters.SignalPolls, "outcome", SignalPoller.Outcomes);
        var witnesses = transparency.Witnesses.Select(witness => witness.Name).ToList();
        Begin(ServiceMeters.TransparencyWitnessFailures, "witness", witnesses);
        Begin(ServiceMeters.TransparencyWitnessContradictions, "witness", witnesses);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void Begin(Counter<long> counter, string label, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            counter.Add(0, new KeyValuePair<string, object?>(label, value));
        }
    }
}
