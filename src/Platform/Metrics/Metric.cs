using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Culvert.Platform.Metrics;

/// <summary>One instrument as a Prometheus metric family (text format 0.0.4).</summary>
internal sealed class Metric
{
    // A label that an outsider can choose must not exhaust memory: above this, measurements are only counted.
    internal const int MaxSeries = 1000;

    // Seconds, from a fast local call to a slow remote one.
    private static readonly double[] DefaultBounds =
    [
        0.001,
        0.0025,
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        0.5,
        1,
        2.5,
        5,
        10,
    ];

    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], MetricSeries> series = new(TagSet.Comparer);
    private readonly MetricKind kind;
    private readonly bool isObservable;
    private readonly bool replaces;
    private readonly double[] bounds;
    private readonly string description;

    public Metric(Instrument instrument)
    {
        var type = instrument.GetType();
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        kind =
            IsHistogram(instrument) ? MetricKind.Histogram
            : definition == typeof(Counter<>) || definition == typeof(ObservableCounter<>) ? MetricKind.Counter
            : MetricKind.Gauge;

        // These report absolute values; the others report changes.
        isObservable = instrument.IsObservable;
        replaces = isObservable || definition == typeof(Gauge<>);
        bounds = kind == MetricKind.Histogram ? GetBounds(instrument) : [];
        description = instrument.Description ?? "";
        Name = FormatName(instrument, kind);
    }

    public string Name { get; }

    /// <summary>Measurements that were dropped because of the limit.</summary>
    public long Dropped { get; private set; }

    public void Record(double measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var lookup = series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
        if (!lookup.TryGetValue(tags, out var found))
        {
            if (series.Count >= MaxSeries)
            {
                Dropped++;
                return;
            }

            found = series.GetOrAdd(tags.ToArray(), static (_, b) => new MetricSeries(b), bounds);
        }

        switch (kind)
        {
            case MetricKind.Histogram:
                found.Observe(measurement);
                break;
            case var _ when replaces:
                found.Set(measurement);
                break;
            default:
                found.Add(measurement);
                break;
        }
    }

    /// <summary>An observable's series lives until the next reading; a gauge that is set keeps its value.</summary>
    public void BeforeReading()
    {
        if (isObservable && kind != MetricKind.Histogram)
        {
            series.Clear();
        }
    }

    public void Write(StringBuilder text)
    {
        if (series.IsEmpty)
        {
            return;
        }

        if (description.Length > 0)
        {
            text.Append("# HELP ").Append(Name).Append(' ').Append(Escape(description, quotes: false)).Append('\n');
        }

        text.Append("# TYPE ").Append(Name).Append(' ').Append(KindName(kind)).Append('\n');
        foreach (var (tags, numbers) in series.OrderBy(s => Labels(s.Key, null), StringComparer.Ordinal))
        {
            WriteSeries(text, tags, numbers);
        }
    }

    private void WriteSeries(StringBuilder text, KeyValuePair<string, object?>[] tags, MetricSeries numbers)
    {
        var (value, count, buckets) = numbers.Read();
        if (kind != MetricKind.Histogram)
        {
            text.Append(Name).Append(Labels(tags, null)).Append(' ').Append(Number(value)).Append('\n');
            return;
        }

        long below = 0;
        for (var i = 0; i < buckets.Length; i++)
        {
            below += buckets[i];
            var limit = i < bounds.Length ? Number(bounds[i]) : "+Inf";
            text.Append(Name)
                .Append("_bucket")
                .Append(Labels(tags, limit))
                .Append(' ')
                .Append(Whole(below))
                .Append('\n');
        }

        text.Append(Name).Append("_sum").Append(Labels(tags, null)).Append(' ').Append(Number(value)).Append('\n');
        text.Append(Name).Append("_count").Append(Labels(tags, null)).Append(' ').Append(Whole(count)).Append('\n');
    }

    public static bool IsHistogram(Instrument instrument) =>
        instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Histogram<>);

    /// <summary>Upper bounds of a histogram's buckets: the instrument's advice, else the default for seconds.</summary>
    public static double[] GetBounds(Instrument instrument)
    {
        var advised = instrument switch
        {
            Histogram<double> h => h.Advice?.HistogramBucketBoundaries,
            Histogram<long> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
            Histogram<int> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
            _ => null,
        };
        return advised is { Count: > 0 } ? [.. advised] : DefaultBounds;
    }

    // culvert.edge.open_streams, unit s or By -> culvert_edge_open_streams_seconds, as the OpenTelemetry mapping does.
    private static string FormatName(Instrument instrument, MetricKind kind)
    {
        var name = new StringBuilder();
        foreach (var c in instrument.Name)
        {
            name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            _ => "",
        };
        var text = name.ToString();
        text = text.EndsWith(unit, StringComparison.Ordinal) ? text : text + unit;
        return kind == MetricKind.Counter && !text.EndsWith("_total", StringComparison.Ordinal)
            ? text + "_total"
            : text;
    }

    private static string Labels(KeyValuePair<string, object?>[] tags, string? limit)
    {
        if (tags.Length == 0 && limit is null)
        {
            return "";
        }

        var parts = tags.Select(t => $"{LabelName(t.Key)}=\"{Escape(Text(t.Value), quotes: true)}\"");
        return "{" + string.Join(',', limit is null ? parts : parts.Append($"le=\"{limit}\"")) + "}";
    }

    private static string LabelName(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Text(object? value) =>
        value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static string Escape(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string KindName(MetricKind kind) =>
        kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Histogram => "histogram",
            _ => "gauge",
        };
}
