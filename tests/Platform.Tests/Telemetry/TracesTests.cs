using System.Diagnostics;
using Culvert.Platform.Metrics;
using Culvert.Platform.Telemetry;
using Culvert.Testing.Spans;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Telemetry;

public sealed class TracesTests
{
    private readonly string name = $"Culvert.Test.{Path.GetRandomFileName()}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Span_OfACaller_ReachesTheCollectorAsItsChild()
    {
        await using var collector = await SpanCollector.StartAsync();
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using (var traces = Start(collector))
        {
            using var span = traces.Source.StartActivity(
                "call",
                ActivityKind.Server,
                TraceContext.Read(Parent, "a=1,b=2")
            )!;
            span.SetTag("http.response.status_code", 200);
            span.Id.ShouldStartWith("00-0af7651916cd43dd8448eb211c80319c-");
        }

        var sent = await collector.SpanAsync(span => span.Name == "call", Token);
        sent.TraceId.ShouldBe("0af7651916cd43dd8448eb211c80319c");
        sent.ParentId.ShouldBe("b7ad6b7169203331");
        sent.State.ShouldBe("a=1,b=2");
        sent.Attributes["http.response.status_code"].ShouldBe("200");
        collector.Raw.ShouldContain("service.name");
    }

    [Fact]
    public void Span_WithoutACollector_IsNotMade()
    {
        using var traces = Traces.Start(new TelemetryOptions(), "test", name);

        traces.Source.HasListeners().ShouldBeFalse();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            traces.Source.StartActivity().ShouldBeNull();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);
    }

    [Fact]
    public async Task Use_AnotherCollector_GetsWhatBeginsFromThenOn()
    {
        await using var first = await SpanCollector.StartAsync();
        await using var second = await SpanCollector.StartAsync();
        using var traces = Start(first);
        traces.Source.StartActivity("old")!.Dispose();

        traces.Use(new TelemetryOptions { Endpoint = second.Endpoint });
        traces.Source.StartActivity("new")!.Dispose();
        await first.SpanAsync(span => span.Name == "old", Token);
        await second.SpanAsync(span => span.Name == "new", Token);
        traces.Use(new TelemetryOptions());

        traces.Source.StartActivity("none").ShouldBeNull();
    }

    [Fact] // a collector that does not answer delays no caller
    public async Task Span_TooManyWait_IsDroppedAndCounted()
    {
        using var metrics = new MetricsText("Culvert.Telemetry");
        await using var collector = await SpanCollector.StartAsync(answers: false);
        var traces = Start(collector, capacity: 8);
        for (var i = 0; i < 100; i++)
        {
            traces.Source.StartActivity("call")!.Dispose();
        }

        metrics.Write().ShouldContain("culvert_telemetry_spans_total{outcome=\"dropped\"} 92");
        collector.Answers.SetResult();
        traces.Dispose();
        metrics.Write().ShouldContain("culvert_telemetry_spans_total{outcome=\"sent\"} 8");
    }

    [Fact]
    public async Task Span_CollectorRefuses_IsCounted()
    {
        using var metrics = new MetricsText("Culvert.Telemetry");
        await using var collector = await SpanCollector.StartAsync();
        collector.Status = 400;
        using (var traces = Start(collector))
        {
            traces.Source.StartActivity("call")!.Dispose();
        }

        metrics.Write().ShouldContain("culvert_telemetry_spans_total{outcome=\"failed\"} 1");
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", true)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false)]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false)]
    [InlineData("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false)]
    [InlineData("anything", false)]
    [InlineData("", false)]
    public void Context_OnlyAsW3cWritesIt(string written, bool isContext) =>
        (TraceContext.Read(written, default) != default).ShouldBe(isContext);

    private Traces Start(SpanCollector collector, int capacity = SpanQueue.DefaultCapacity) =>
        Traces.Start(new TelemetryOptions { Endpoint = collector.Endpoint }, "test", name, capacity, delayMs: 20);
}
