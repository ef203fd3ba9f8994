using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace Culvert.Platform.Telemetry;

internal sealed class SpanExporter(OtlpExporterOptions options) : OtlpTraceExporter(options)
{
    private int waiting;

    /// <summary>False when the queue is full.</summary>
    public bool TryAwait(int capacity)
    {
        if (Interlocked.Increment(ref waiting) <= capacity)
        {
            return true;
        }

        Interlocked.Decrement(ref waiting);
        return false;
    }

    public override ExportResult Export(in Batch<Activity> batch)
    {
        var count = batch.Count;
        try
        {
            var result = base.Export(batch);
            ExportMeters.Spans.Add(count, result == ExportResult.Success ? ExportMeters.Sent : ExportMeters.Failed);
            return result;
        }
        finally
        {
            Interlocked.Add(ref waiting, -(int)count);
        }
    }
}
