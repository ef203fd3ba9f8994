using System.Diagnostics.Metrics;
using Culvert.Platform.Metrics;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Metrics;

public sealed class MetricsTextTests : IDisposable
{
    // A name of its own, since listeners see every meter of the process.
    private readonly Meter meter = new($"Test.{Guid.CreateVersion7()}");
    private readonly MetricsText metrics;

    public MetricsTextTests() => metrics = new MetricsText(meter.Name);

    public void Dispose()
    {
        metrics.Dispose();
        meter.Dispose();
    }

    [Fact]
    public void Write_Counter_IsATotalPerTagSet()
    {
        var counter = meter.CreateCounter<long>("culvert.edge.refused", description: "Refused\nclients");
        counter.Add(1, new KeyValuePair<string, object?>("reason", "a\"b\\"));
        counter.Add(2, new KeyValuePair<string, object?>("reason", "a\"b\\"));
        counter.Add(5);

        Text()
            .ShouldBe(
                """
                # HELP culvert_edge_refused_total Refused\nclients
                # TYPE culvert_edge_refused_total counter
                culvert_edge_refused_total 5
                culvert_edge_refused_total{reason="a\"b\\"} 3

                """
            );
    }

    [Fact]
    public void Write_UpDownCounter_IsAGaugeThatSums()
    {
        var open = meter.CreateUpDownCounter<int>("open");
        open.Add(3);
        open.Add(-1);

        Text().ShouldBe("# TYPE open gauge\nopen 2\n");
    }

    [Fact]
    public void Write_GaugeThatIsSet_IsThereAtEachReading()
    {
        var gauge = meter.CreateGauge<int>("set");
        gauge.Record(2);
        gauge.Record(1);

        Text().ShouldBe("# TYPE set gauge\nset 1\n");
        Text().ShouldBe("# TYPE set gauge\nset 1\n");
    }

    [Fact]
    public void Write_ObservableGauge_ShowsOnlyWhatIsReportedNow()
    {
        var reports = new Queue<Measurement<int>[]>([
            [new(1, new KeyValuePair<string, object?>("t", "a"))],
            [new(2, new KeyValuePair<string, object?>("t", "b"))],
        ]);
        meter.CreateObservableGauge("now", () => reports.Dequeue());

        Text().ShouldBe("# TYPE now gauge\nnow{t=\"a\"} 1\n");
        Text().ShouldBe("# TYPE now gauge\nnow{t=\"b\"} 2\n");
    }

    [Fact]
    public void Write_Histogram_HasCumulativeBuckets()
    {
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] };
        var histogram = meter.CreateHistogram("took", unit: "s", advice: advice);
        histogram.Record(0.1); // a limit belongs to its own bucket
        histogram.Record(0.5);
        histogram.Record(2);

        Text()
            .ShouldBe(
                """
                # TYPE took_seconds histogram
                took_seconds_bucket{le="0.1"} 1
                took_seconds_bucket{le="1"} 2
                took_seconds_bucket{le="+Inf"} 3
                took_seconds_sum 2.6
                took_seconds_count 3

                """
            );
    }

    [Fact]
    public void Write_MoreSeriesThanTheBound_CountsTheRest()
    {
        var counter = meter.CreateCounter<int>("many");
        for (var i = 0; i < Metric.MaxSeries + 2; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("n", i));
        }

        metrics.Write().ShouldContain("culvert_metrics_dropped_total 2");
    }

    private string Text() => metrics.Write().Split("# TYPE culvert_metrics_dropped_total")[0];
}
