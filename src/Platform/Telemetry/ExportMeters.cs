using System.Diagnostics.Metrics;

namespace Culvert.Platform.Telemetry;

/// <summary>Counts sent and lost spans and metrics. Losses are visible only here.</summary>
internal static class ExportMeters
{
    public static readonly KeyValuePair<string, object?> Sent = new("outcome", "sent");
    public static readonly KeyValuePair<string, object?> Failed = new("outcome", "failed");
    public static readonly KeyValuePair<string, object?> Dropped = new("outcome", "dropped");

    private static readonly Meter Meter = new("Culvert.Telemetry");

    public static readonly Counter<long> Spans = Meter.CreateCounter<long>(
        "culvert_telemetry_spans",
        description: "Finished spans: sent to the collector, refused by it, or dropped because the queue was full."
    );

    public static readonly Counter<long> Readings = Meter.CreateCounter<long>(
        "culvert_telemetry_metric_exports",
        description: "Readings of all metrics: sent to the collector, or not taken by it."
    );
}
