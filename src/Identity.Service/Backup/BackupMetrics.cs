using System.Diagnostics.Metrics;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Backup;

/// <summary>
/// Publishes the age of the latest backup as a metric. Backups are made by another process on any node's host, so each node
/// reads the time from the store.
/// </summary>
internal sealed class BackupMetrics : RecurringJob
{
    private readonly BackupRuns runs;
    private readonly Meter meter = new(ServiceMeters.MeterName);
    private volatile object? last; // a DateTimeOffset; null until the first round; a failed round leaves it

    public BackupMetrics(BackupRuns runs, TimeProvider time)
        : base(
            "backup_metrics",
            "Collects the age of the newest backup.",
            TimeSpan.FromMinutes(1),
            time,
            beginsAtOnce: true
        )
    {
        this.runs = runs;
        meter.CreateObservableGauge(
            "culvert_backup_age_seconds",
            Measure,
            unit: "s",
            description: "Time since the newest backup was made, or since the installation was made while there is none."
        );
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    protected override async Task RunRoundAsync(CancellationToken cancellationToken) =>
        last = await runs.FindLastOrBeginningAsync(cancellationToken);

    private IEnumerable<Measurement<double>> Measure() =>
        last is DateTimeOffset at ? [new Measurement<double>((Time.GetUtcNow() - at).TotalSeconds)] : [];
}
