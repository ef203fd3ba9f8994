using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Culvert.Testing;

/// <summary>
/// All that metrics and spans of this process say until it is disposed of, for tests that look for secrets in it: other tests
/// run at the same time.
/// </summary>
public sealed class TelemetryText : IDisposable
{
    private readonly ConcurrentDictionary<string, byte> texts = new(StringComparer.Ordinal);
    private readonly MeterListener meters;
    private readonly ActivityListener spans;

    public TelemetryText()
    {
        meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listening) => listening.EnableMeasurementEvents(instrument),
        };
        meters.SetMeasurementEventCallback<long>((instrument, _, labels, _) => Add(instrument.Name, labels));
        meters.SetMeasurementEventCallback<int>((instrument, _, labels, _) => Add(instrument.Name, labels));
        meters.SetMeasurementEventCallback<double>((instrument, _, labels, _) => Add(instrument.Name, labels));
        spans = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Add,
        };
        meters.Start();
        ActivitySource.AddActivityListener(spans);
    }

    /// <summary>Names, labels, attributes and events; each once, in any order.</summary>
    public override string ToString()
    {
        meters.RecordObservableInstruments();
        return string.Join('\n', texts.Keys);
    }

    public void Dispose()
    {
        meters.Dispose();
        spans.Dispose();
    }

    private void Add(string name, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        texts.TryAdd(name, 0);
        foreach (var (_, value) in labels)
        {
            texts.TryAdd($"{value}", 0);
        }
    }

    private void Add(Activity span)
    {
        texts.TryAdd(span.DisplayName, 0);
        texts.TryAdd($"{span.StatusDescription}", 0);
        foreach (var (_, value) in span.TagObjects.Concat(span.Events.SelectMany(happened => happened.Tags)))
        {
            texts.TryAdd($"{value}", 0);
        }
    }
}
