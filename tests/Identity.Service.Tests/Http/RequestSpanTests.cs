using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Telemetry;
using Culvert.Testing.Spans;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Http;

public sealed class RequestSpanTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Canary = "canary-5b1f-6";

    [Fact]
    public async Task Request_OfATrace_IsAPartOfItAndHoldsNothingThatWasSent()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var collector = await SpanCollector.StartAsync();
        string requestId;
        using (
            var traces = Traces.Start(
                new TelemetryOptions { Endpoint = collector.Endpoint },
                "test",
                $"{RequestSpan.SourceName}.{Path.GetRandomFileName()}"
            )
        )
        {
            await using var service = await ServiceUnderTest.StartAsync(s => s.AddSingleton(traces));
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/tunnels/{Canary}?limit={Canary}");
            request.Headers.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
            request.Headers.Add("x-any", Canary);
            using var response = await service.Api.SendAsync(request, cancel);
            requestId = response.Headers.GetValues("request-id").Single();
            using var unknown = await service.Api.GetAsync(new Uri($"/{Canary}", UriKind.Relative), cancel);
        }

        var sent = await collector.SpanAsync(span => span.TraceId == Trace, cancel);
        sent.ParentId.ShouldBe("b7ad6b7169203331");
        sent.Name.ShouldStartWith("GET /v1/tunnels/{");
        sent.Attributes["culvert.request_id"].ShouldBe(requestId);
        collector.Spans.ShouldContain(span => span.TraceId != Trace && span.Name == "request");
        collector.Raw.ShouldNotContain(Canary);
    }
}
