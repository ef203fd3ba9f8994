using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Hosting;

public sealed class RequestMetricsTests
{
    [Fact]
    public async Task Duration_OfARequest_IsMeasuredByListenerAndRoute()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        List<(double Seconds, string? Listener, string? Route)> measured = [];
        var isThere = new TaskCompletionSource();
        using var listener = Instruments.Listen<double>(
            "culvert_service_request_seconds",
            (value, labels) =>
            {
                lock (measured)
                {
                    measured.Add((value, labels["listener"] as string, labels["route"] as string));
                    if (Has("/v1/certificate_authorities/{ca_id}") && Has(""))
                    {
                        isThere.TrySetResult();
                    }
                }
            }
        );

        await service.Api.GetAsync("/v1/certificate_authorities/ca_unknown", TestContext.Current.CancellationToken);
        await service.Api.GetAsync("/made/up/by/an/outsider", TestContext.Current.CancellationToken);

        await isThere.Task.WaitAsync(TestContext.Current.CancellationToken); // it is counted after the caller has its answer
        lock (measured)
        {
            measured.ShouldAllBe(one => one.Seconds >= 0);
            measured.ShouldNotContain(one => one.Route!.Contains("by/an/outsider"));
        }

        bool Has(string route) => measured.Exists(one => one.Listener == "api" && one.Route == route);
    }
}
