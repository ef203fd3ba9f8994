using System.Diagnostics;
using OpenTelemetry;

namespace Culvert.Platform.Telemetry;

/// <summary>Counts what the exporter behind it was given, and what the collector took.</summary>
internal sealed class SpanExporter(BaseExporter<Activity> inner) : BaseExporter<Activity>
{
    private int waiting;

    /// <summary>False: as many as may wait already do.</summary>
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
            var result = inner.Export(batch);
            SpanMeters.Spans.Add(count, result == ExportResult.Success ? SpanMeters.Sent : SpanMeters.Failed);
            return result;
        }
        finally
        {
            Interlocked.Add(ref waiting, -(int)count);
        }
    }

    protected override bool OnForceFlush(int timeoutMilliseconds) => inner.ForceFlush(timeoutMilliseconds);

    protected override bool OnShutdown(int timeoutMilliseconds) => inner.Shutdown(timeoutMilliseconds);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
