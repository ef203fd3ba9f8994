using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Culvert.Platform.Telemetry;

internal sealed class MetricsExporter(OtlpExporterOptions options) : OtlpMetricExporter(options)
{
    public override ExportResult Export(in Batch<Metric> metrics)
    {
        var result = base.Export(metrics);
        ExportMeters.Readings.Add(1, result == ExportResult.Success ? ExportMeters.Sent : ExportMeters.Failed);
        return result;
    }
}
