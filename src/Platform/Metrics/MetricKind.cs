namespace Culvert.Platform.Metrics;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}
