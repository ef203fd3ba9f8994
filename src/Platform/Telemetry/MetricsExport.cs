using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Culvert.Platform.Telemetry;

/// <summary>
/// Sends a program's metrics to a collector (OTLP), with the labels and buckets of <c>/metrics</c>. Disposal sends the
/// last measurements, for a few seconds at most.
/// </summary>
public sealed class MetricsExport : IDisposable
{
    private static readonly string[] OwnMeters = ["Culvert.*", "System.Runtime"];

    private readonly Func<TelemetryOptions?, MeterProvider?> listen;
    private TelemetryOptions? options;
    private MeterProvider? provider;

    private MetricsExport(TelemetryOptions? options, Func<TelemetryOptions?, MeterProvider?> listen)
    {
        (this.options, this.listen) = (options, listen);
        provider = listen(options);
    }

    /// <summary>Interval (<c>OTEL_METRIC_EXPORT_INTERVAL</c>), headers and names come from the environment.</summary>
    /// <param name="options">The <c>telemetry</c> section.</param>
    /// <param name="program">The service name if the environment has none.</param>
    /// <param name="meters">Names of meters, which may end with <c>*</c>; empty: the product's and the runtime's.</param>
    public static MetricsExport Start(TelemetryOptions options, string program, params string[] meters)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new MetricsExport(options.Metrics, next => Listen(next, program, meters));
    }

    /// <summary>Changes the collector; null metrics options stop the export.</summary>
    public void Use(TelemetryOptions next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (next.Metrics == options)
        {
            return;
        }

        var old = provider;
        (options, provider) = (next.Metrics, listen(next.Metrics));
        old?.Dispose();
    }

    public void Dispose() => provider?.Dispose();

    [SuppressMessage("Reliability", "CA2000", Justification = "The provider owns the reader, and it the exporter.")]
    private static MeterProvider? Listen(TelemetryOptions? options, string program, string[] meters)
    {
        if (options?.Endpoint is null)
        {
            return null;
        }

        var pace = new PeriodicExportingMetricReaderOptions();
        var reader = new PeriodicExportingMetricReader(
            new MetricsExporter(ExporterOptions.Create(options, "METRICS")),
            pace.ExportIntervalMilliseconds ?? 60_000,
            pace.ExportTimeoutMilliseconds ?? 30_000
        )
        {
            TemporalityPreference = ReadTemporality(),
        };
        return Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Traces.CreateResource(program))
            .AddMeter(meters.Length > 0 ? meters : OwnMeters)
            .AddView(ToView)
            .AddReader(reader)
            .Build();
    }

    private static MetricReaderTemporalityPreference ReadTemporality() =>
        string.Equals(
            Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"),
            "delta",
            StringComparison.OrdinalIgnoreCase
        )
            ? MetricReaderTemporalityPreference.Delta
            : MetricReaderTemporalityPreference.Cumulative;

    private static MetricStreamConfiguration ToView(Instrument instrument) =>
        Metrics.Metric.IsHistogram(instrument)
            ? new ExplicitBucketHistogramConfiguration
            {
                Boundaries = Metrics.Metric.GetBounds(instrument),
                CardinalityLimit = Metrics.Metric.MaxSeries,
            }
            : new MetricStreamConfiguration { CardinalityLimit = Metrics.Metric.MaxSeries };
}
