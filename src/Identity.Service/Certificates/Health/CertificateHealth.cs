using System.Diagnostics.Metrics;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Telemetry;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.Health;

/// <summary>
/// Checks every minute which authorities and lists expire and which agents lag, and publishes metrics with stable
/// names. The number of labels is bounded: the most urgent ones are shown.
/// </summary>
internal sealed class CertificateHealth : RecurringJob
{
    public const int MostAuthorities = 200;
    public const int MostTunnels = 100;

    private readonly CertificateHealthStore store;
    private readonly Current<AgentOptions> options;
    private readonly Meter meter = new(ServiceMeters.MeterName);

    // The job replaces each list as a whole; every metrics collector reads it. After a failed round the last values stay:
    // ages and expiries continue to count.
    private volatile IReadOnlyList<AuthorityEnd> authorities = [];
    private volatile IReadOnlyList<ListAge> lists = [];
    private volatile IReadOnlyList<BundleLag> lags = [];

    public CertificateHealth(CertificateHealthStore store, Current<AgentOptions> options, TimeProvider time)
        : base(
            "certificate_metrics",
            "Collects the metrics of certificates.",
            TimeSpan.FromMinutes(1),
            time,
            beginsAtOnce: true
        )
    {
        this.store = store;
        this.options = options;
        meter.CreateObservableGauge(
            "culvert_authority_expiry_seconds",
            () => authorities.Select(one => new Measurement<double>(GetSecondsLeft(one.NotAfter), Labels(one))),
            unit: "s",
            description: "Time until an authority expires, by type and authority; negative after expiry."
        );
        meter.CreateObservableGauge(
            "culvert_revocation_list_age_seconds",
            () => Lists(one => -GetSecondsLeft(one.ThisUpdate!.Value)),
            unit: "s",
            description: "Age of the oldest revocation list of an authority."
        );
        meter.CreateObservableGauge(
            "culvert_revocation_list_expiry_seconds",
            () => Lists(one => GetSecondsLeft(one.NextUpdate!.Value)),
            unit: "s",
            description: "Time until the first revocation list of an authority expires; negative after expiry."
        );
        meter.CreateObservableGauge(
            "culvert_bundle_lagging_agents",
            () => lags.Select(lag => new Measurement<long>(lag.Agents, ToTag(lag))),
            description: "Active agents that have not acknowledged their tunnel's current trust bundle, for tunnels that have any."
        );
        meter.CreateObservableGauge(
            "culvert_bundle_lag_seconds",
            () =>
                lags.Where(lag => lag.Since is not null)
                    .Select(lag => new Measurement<double>(-GetSecondsLeft(lag.Since!.Value), ToTag(lag))),
            unit: "s",
            description: "Time since the trust bundle changed, of tunnels with agents that have not acknowledged it."
        );
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        authorities = await store.ListAuthoritiesAsync(MostAuthorities, cancellationToken);
        lists = await store.ListListsAsync(now, MostAuthorities, cancellationToken);
        lags = await store.ListLagsAsync(now - options.Value.LiveFor, MostTunnels, cancellationToken);
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => CheckAsync(cancellationToken);

    private double GetSecondsLeft(DateTimeOffset end) => (end - Time.GetUtcNow()).TotalSeconds;

    // A list that was never published has no age; the publisher logs its own failures.
    private IEnumerable<Measurement<double>> Lists(Func<ListAge, double> value) =>
        lists
            .Where(one => one.ThisUpdate is not null)
            .Select(one => new Measurement<double>(
                value(one),
                new KeyValuePair<string, object?>("authority", one.CaId)
            ));

    private static KeyValuePair<string, object?>[] Labels(AuthorityEnd one) =>
        [new("type", one.Type), new("authority", one.Id)];

    private static KeyValuePair<string, object?> ToTag(BundleLag lag) => new("tunnel", lag.TunnelId);
}
