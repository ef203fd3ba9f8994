using System.Diagnostics.Metrics;
using System.Text;
using Culvert.Platform.Metrics;
using Culvert.Platform.Telemetry;
using Culvert.Testing.Spans;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Telemetry;

public sealed class MetricsExportTests : IDisposable
{
    private readonly Meter meter = new($"Culvert.Test.{Path.GetRandomFileName()}");

    public void Dispose() => meter.Dispose();

    [Fact]
    public async Task Metrics_OfAProgram_ReachTheCollector_WithTheirLabelsAndBuckets()
    {
        await using var collector = await SpanCollector.StartAsync();
        using (Start(collector))
        {
            meter.CreateCounter<long>("culvert_calls").Add(3, new KeyValuePair<string, object?>("outcome", "allowed"));
            meter.CreateHistogram<double>("culvert_call_time", unit: "s").Record(0.002);
        }

        collector.Raw.ShouldContain("service.name");
        collector.Raw.ShouldContain("culvert_calls");
        collector.Raw.ShouldContain("allowed");
        collector.Raw.ShouldContain("culvert_call_time");
        collector.Raw.ShouldContain(Encoding.Latin1.GetString(BitConverter.GetBytes(0.0025)));
    }

    [Fact]
    public async Task Metrics_NotRequested_AreNotSent()
    {
        await using var collector = await SpanCollector.StartAsync();
        var options = new TelemetryOptions { Endpoint = collector.Endpoint };
        using (MetricsExport.Start(options, "test", meter.Name))
        {
            var counter = meter.CreateCounter<long>("culvert_calls");
            counter.Add(1);
            counter.Enabled.ShouldBeFalse();
        }

        collector.Raw.ShouldBeEmpty();
    }

    [Fact]
    public async Task Use_AnotherCollector_GetsTheMetricsFromThenOn()
    {
        await using var first = await SpanCollector.StartAsync();
        await using var second = await SpanCollector.StartAsync();
        var counter = meter.CreateCounter<long>("culvert_calls");
        using (var export = Start(first))
        {
            counter.Add(1);
            export.Use(To(second));
            first.Raw.ShouldContain("culvert_calls");
            counter.Add(1);
            second.Raw.ShouldBeEmpty();
        }

        second.Raw.ShouldContain("culvert_calls");
    }

    [Fact]
    public async Task Reading_CollectorRefuses_IsCounted()
    {
        using var metrics = new MetricsText("Culvert.Telemetry");
        await using var collector = await SpanCollector.StartAsync();
        collector.Status = 400;
        using (Start(collector))
        {
            meter.CreateCounter<long>("culvert_calls").Add(1);
        }

        metrics.Write().ShouldContain("culvert_telemetry_metric_exports_total{outcome=\"failed\"} 1");
    }

    private MetricsExport Start(SpanCollector collector) => MetricsExport.Start(To(collector), "test", meter.Name);

    private static TelemetryOptions To(SpanCollector collector) =>
        new() { Metrics = new TelemetryOptions { Endpoint = collector.Endpoint } };
}
