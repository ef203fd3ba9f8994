using System.Diagnostics.Metrics;

namespace Culvert.Platform.Telemetry;

/// <summary>What became of spans. What is lost is seen here, since nothing waits for a collector.</summary>
internal static class SpanMeters
{
    public static readonly KeyValuePair<string, object?> Sent = new("outcome", "sent");
    public static readonly KeyValuePair<string, object?> Failed = new("outcome", "failed");
    public static readonly KeyValuePair<string, object?> Dropped = new("outcome", "dropped");

    private static readonly Meter Meter = new("Culvert.Telemetry");

    public static readonly Counter<long> Spans = Meter.CreateCounter<long>(
        "culvert_telemetry_spans",
        description: "Ended spans: sent to the collector, not taken by it, or dropped because too many waited."
    );
}
