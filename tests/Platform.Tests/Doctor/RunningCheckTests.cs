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

    private static readonly ProgramIdentity Identity = new("tunnel-edge", ("edge_id", "edge_01"), ("instance", null));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_NothingListens_FailsAndNamesTheUnit()
    {
        var free = new IPEndPoint(IPAddress.Loopback, LoopbackPort.Free());

        var finding = await Check.RunAsync(new HealthOptions { Listen = [free] }, Identity, Cancellation);

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
            new HealthEndpoints(
                Identity,
                [ReadinessCheck.Create("feed", () => reason)],
                metrics,
                new FakeTimeProvider()
            ),
            Cancellation
        );
        var address = IPEndPoint.Parse(new Uri(server.Urls[0]).Authority);

        var finding = await Check.RunAsync(new HealthOptions { Listen = [address] }, Identity, Cancellation);

        finding.Status.ShouldBe(status);
        finding.Summary.ShouldBe(summary);
    }

    // An agent that had never run passed, because another agent of the machine answered at the default port.
    [Theory]
    [InlineData("tunnel-edge", "edge_02", "another tunnel-edge (edge_id edge_02)")]
    [InlineData("tunnel-agent", null, "another tunnel-agent")]
    public async Task Run_AnotherProgramAnswers_FailsAndNamesIt(string program, string? edgeId, string other)
    {
        using var metrics = new MetricsText("None.");
        await using var server = await HealthServer.StartAsync(
            new HealthOptions { Listen = [new(IPAddress.Loopback, 0)] },
            new HealthEndpoints(new ProgramIdentity(program, ("edge_id", edgeId)), [], metrics, new FakeTimeProvider()),
            Cancellation
        );
        var address = IPEndPoint.Parse(new Uri(server.Urls[0]).Authority);

        var finding = await Check.RunAsync(new HealthOptions { Listen = [address] }, Identity, Cancellation);

        finding.Status.ShouldBe(DoctorStatus.Fail);
        finding.Summary.ShouldBe($"tunnel-edge is not running with this configuration: {other} answers at {address}.");
        finding.Next.ShouldHaveSingleItem().ShouldContain("health.listen");
    }

    [Theory]
    [InlineData("""{"status":"ready","checks":[]}""", null)] // of an older version
    [InlineData("""{"status":"ready","program":"tunnel-edge","edge_id":"edge_01","instance":"x"}""", null)]
    [InlineData("""{"status":"ready","program":"tunnel-edge"}""", "another tunnel-edge")]
    [InlineData("""{"ok":true}""", "another program")]
    [InlineData("[]", "another program")]
    [InlineData("<html>", "another program")]
    public void FindOther_Answer_IsOursUnlessItSaysOtherwise(string answer, string? other) =>
        Identity.FindOther(answer).ShouldBe(other);
}
