namespace Culvert.Platform.Metrics;

internal sealed class MetricSeries(double[] bounds)
{
    // Guards all fields: a histogram's sum must match its buckets.
    private readonly Lock gate = new();
    private readonly long[] buckets = new long[bounds.Length + 1];
    private double value;
    private long count;

    public void Add(double measurement)
    {
        lock (gate)
        {
            value += measurement;
        }
    }

    public void Set(double measurement)
    {
        lock (gate)
        {
            value = measurement;
        }
    }

    public void Observe(double measurement)
    {
        var bucket = Array.FindIndex(bounds, b => measurement <= b);
        lock (gate)
        {
            buckets[bucket < 0 ? bounds.Length : bucket]++;
            value += measurement;
            count++;
        }
    }

    public (double Value, long Count, long[] Buckets) Read()
    {
        lock (gate)
        {
            return (value, count, [.. buckets]);
        }
    }
}
