using System.Diagnostics;
using OpenTelemetry;

namespace Culvert.Platform.Telemetry;

/// <summary>
/// The queue of spans for the collector, sent in batches. When it is full, further spans are dropped and counted: no
/// call waits for a collector.
/// </summary>
internal sealed class SpanQueue : BatchActivityExportProcessor
{
    public const int DefaultCapacity = 2048;

    /// <summary>The longest time a batch is collected.</summary>
    public const int DefaultDelayMs = 5000;

    private const int MaxBatch = 512;
    private const int TimeoutMs = 10_000;

    private readonly SpanExporter sender;
    private readonly int capacity;

    public SpanQueue(SpanExporter sender, int capacity, int delayMs)
        : base(sender, capacity, delayMs, TimeoutMs, Math.Min(capacity, MaxBatch)) =>
        (this.sender, this.capacity) = (sender, capacity);

    public override void OnEnd(Activity data)
    {
        if (!data.Recorded)
        {
            return;
        }

        if (!sender.TryAwait(capacity))
        {
            ExportMeters.Spans.Add(1, ExportMeters.Dropped);
            return;
        }

        base.OnEnd(data);
    }
}
