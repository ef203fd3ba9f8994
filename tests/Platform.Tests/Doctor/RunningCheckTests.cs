using System.Net;
using Culvert.Platform.Doctor;
using Culvert.Platform.Health;
using Culvert.Platform.Metrics;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Doctor;

public sealed class RunningCheckTests
{
    private static readonly RunningCheck Check = new("edge_running", "tunnel-edge", "culvert-edge");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_NothingListens_FailsAndNamesTheUnit()
    {
        var free = new IPEndPoint(IPAddress.Loopback, LoopbackPort.Free());

        var finding = await Check.RunAsync(new HealthOptions { Listen = [free] }, Cancellation);

        finding.Status.ShouldBe(DoctorStatus.Fail);
        finding.Summary.ShouldBe($"tunnel-edge is not running: no response from http://{free}/readyz.");
        finding.Next.ShouldBe(["systemctl status culvert-edge, or the log of its container"]);
        finding.Evidence.ShouldBe(["Connection refused"]);
    }

    [Theory]
    [InlineData(null, DoctorStatus.Pass, "tunnel-edge runs and is ready.")]
    [InlineData("no feed yet", DoctorStatus.Fail, "tunnel-edge runs and is not ready.")]
    public async Task Run_ItListens_SaysWhetherItIsReady(string? reason, DoctorStatus status, string summary)
    {
        using var metrics = new MetricsText("None.");
        await using var server = await HealthServer.StartAsync(
            new HealthOptions { Listen = [new(IPAddress.Loopback, 0)] },
            new HealthEndpoints([ReadinessCheck.Create("feed", () => reason)], metrics, new FakeTimeProvider()),
            Cancellation
        );
        var address = IPEndPoint.Parse(new Uri(server.Urls[0]).Authority);

        var finding = await Check.RunAsync(new HealthOptions { Listen = [address] }, Cancellation);

        finding.Status.ShouldBe(status);
        finding.Summary.ShouldBe(summary);
    }
}
