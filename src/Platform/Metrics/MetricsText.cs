using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Culvert.Platform.Metrics;

/// <summary>
/// Collects this process's measurements and writes them as Prometheus text (format 0.0.4). Create it before the work
/// begins: earlier measurements are not counted.
/// </summary>
public sealed class MetricsText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly string[] OurMeters = ["Culvert.", "System.Runtime"];

    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<Instrument, Metric> metrics = new();

    // Guards a reading: two at once would clear each other's observables.
    private readonly Lock reading = new();

    /// <param name="meterPrefixes">Prefixes of collected meters; empty: Culvert's and the runtime's.</param>
    public MetricsText(params string[] meterPrefixes)
    {
        var prefixes = meterPrefixes.Length > 0 ? meterPrefixes : OurMeters;
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (Array.Exists(prefixes, p => instrument.Meter.Name.StartsWith(p, StringComparison.Ordinal)))
            {
                listening.EnableMeasurementEvents(instrument, metrics.GetOrAdd(instrument, i => new Metric(i)));
            }
        };
        listener.MeasurementsCompleted = (instrument, state) => metrics.TryRemove(instrument, out _);
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<decimal>(
            static (_, value, tags, state) => Record(state, (double)value, tags)
        );
        listener.Start();
    }

    /// <summary>Every metric with a value, in alphabetical order.</summary>
    public string Write()
    {
        lock (reading)
        {
            foreach (var metric in metrics.Values)
            {
                metric.BeforeReading();
            }

            listener.RecordObservableInstruments();
            var text = new StringBuilder();
            long dropped = 0;
            foreach (var metric in metrics.Values.OrderBy(m => m.Name, StringComparer.Ordinal))
            {
                metric.Write(text);
                dropped += metric.Dropped;
            }

            text.Append("# TYPE culvert_metrics_dropped_total counter\n");
            text.Append("culvert_metrics_dropped_total ").Append(dropped).Append('\n');
            return text.ToString();
        }
    }

    public void Dispose() => listener.Dispose();

    private static void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((Metric)state!).Record(value, tags);
}
