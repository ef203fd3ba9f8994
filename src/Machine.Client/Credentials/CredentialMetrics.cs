using System.Diagnostics.Metrics;
using Culvert.Machine.Client.Calls;

namespace Culvert.Machine.Client.Credentials;

/// <summary>Metrics of the credential life cycle. Names and tags are a public contract.</summary>
internal sealed class CredentialMetrics : IDisposable
{
    public const string MeterName = "Culvert.Platform";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> renewals;

    /// <param name="expiries">The certificates in use: kind and expiry.</param>
    /// <param name="lastContact">When the service last answered the feed.</param>
    /// <param name="auditAlarm">The alarm of the service's audit checkpoints; null while they agree.</param>
    public CredentialMetrics(
        Func<IEnumerable<(string Kind, DateTimeOffset NotAfter)>> expiries,
        Func<DateTimeOffset?> lastContact,
        Func<string?> auditAlarm
    )
    {
        renewals = meter.CreateCounter<long>(
            "culvert.credentials.renewals",
            description: "Attempts to get a certificate, by kind and outcome."
        );
        meter.CreateObservableGauge(
            "culvert.credentials.not_after",
            () => expiries().Select(e => new Measurement<long>(e.NotAfter.ToUnixTimeSeconds(), Kind(e.Kind))),
            unit: "s",
            description: "Expiry of the certificate in use, in Unix time."
        );
        meter.CreateObservableGauge(
            "culvert.feed.last_contact",
            () =>
                lastContact() is { } at
                    ? [new Measurement<long>(at.ToUnixTimeSeconds())]
                    : Array.Empty<Measurement<long>>(),
            unit: "s",
            description: "When the service last answered the feed, in Unix time."
        );
        meter.CreateObservableGauge(
            "culvert.audit.checkpoint_alarm",
            () =>
                auditAlarm() is { } alarm
                    ? new Measurement<int>(1, new KeyValuePair<string, object?>("reason", alarm))
                    : new Measurement<int>(0),
            description: "1 while the service's audit checkpoints contradict each other, by reason."
        );
    }

    public void CountRenewal(string kind, ApiFailure? failure)
    {
        var outcome = failure is null ? "success" : failure.Kind.ToString().ToLowerInvariant();
        renewals.Add(1, Kind(kind), new KeyValuePair<string, object?>("outcome", outcome));
    }

    public void Dispose() => meter.Dispose();

    private static KeyValuePair<string, object?> Kind(string kind) => new("kind", kind);
}
