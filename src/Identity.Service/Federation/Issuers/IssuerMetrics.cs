using System.Diagnostics.Metrics;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Metrics of issuers' keys; their names are an interface to operators.</summary>
internal sealed class IssuerMetrics : IDisposable
{
    private static readonly Meter Shared = new(ServiceMeters.MeterName);

    /// <summary>By outcome: <c>ok</c> or the failure's code.</summary>
    public static readonly Counter<long> Fetched = Shared.CreateCounter<long>(
        "culvert_issuer_fetches",
        description: "Fetches of issuers' keys, by outcome."
    );

    private readonly Meter meter = new(ServiceMeters.MeterName);

    public IssuerMetrics(FederationDirectory directory, TimeProvider time)
    {
        meter.CreateObservableGauge(
            "culvert_issuers",
            () => States(directory),
            description: "Issuers whose keys are fetched, by the state of their keys."
        );
        // Only issuers that need attention have a series of their own: a thousand healthy issuers are one number.
        meter.CreateObservableGauge(
            "culvert_issuer_consecutive_failures",
            () => Failures(directory),
            description: "Failed fetches in a row, of issuers that have any."
        );
        meter.CreateObservableGauge(
            "culvert_issuer_keys_age_seconds",
            () => Ages(directory, time),
            unit: "s",
            description: "Time since the keys were confirmed, of issuers that have failed fetches."
        );
    }

    public void Dispose() => meter.Dispose();

    private static IEnumerable<Measurement<long>> States(FederationDirectory directory)
    {
        var counts = new long[Enum.GetValues<KeyState>().Length];
        foreach (var keys in directory.Current.AllKeys.Where(keys => keys.IsFetched))
        {
            counts[(int)keys.State]++;
        }

        return Enum.GetValues<KeyState>()
            .Select(state => new Measurement<long>(
                counts[(int)state],
                new KeyValuePair<string, object?>("state", WireNames.Get(state))
            ));
    }

    private static IEnumerable<Measurement<long>> Failures(FederationDirectory directory) =>
        Troubled(directory).Select(keys => new Measurement<long>(keys.PollStatus()!.ConsecutiveFailures, ToTag(keys)));

    private static IEnumerable<Measurement<double>> Ages(FederationDirectory directory, TimeProvider time) =>
        Troubled(directory)
            .Where(keys => keys.PollStatus()!.LastFetchedAt is not null)
            .Select(keys => new Measurement<double>(
                (time.GetUtcNow() - keys.PollStatus()!.LastFetchedAt!.Value).TotalSeconds,
                ToTag(keys)
            ));

    private static IEnumerable<IssuerKeys> Troubled(FederationDirectory directory) =>
        directory.Current.AllKeys.Where(keys => keys.IsFetched && keys.PollStatus()!.ConsecutiveFailures > 0);

    private static KeyValuePair<string, object?> ToTag(IssuerKeys keys) => new("issuer", keys.IssuerId.Value);
}
