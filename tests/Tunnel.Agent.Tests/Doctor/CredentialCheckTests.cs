using System.Net;
using Culvert.Platform.Doctor;
using Culvert.Platform.Health;
using Culvert.Platform.Metrics;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor;

public sealed class CredentialCheckTests : IDisposable
{
    private static readonly ProgramIdentity Own = new("tunnel-agent", ("tunnel_id", DoctorScene.TunnelId));

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DoctorScene scene = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData(DoctorScene.TunnelId, DoctorStatus.Fail)]
    [InlineData("tnl_other", DoctorStatus.Skip)]
    public async Task Run_AgentIsRunning_ReadsWhatThatOneReports(string tunnelId, DoctorStatus expected)
    {
        using var metrics = new MetricsText("None.");
        await using var server = await HealthServer.StartAsync(
            new HealthOptions { Listen = [new(IPAddress.Loopback, 0)] },
            new HealthEndpoints(
                new ProgramIdentity("tunnel-agent", ("tunnel_id", tunnelId)),
                [],
                metrics,
                new FakeTimeProvider(),
                json => RouteCredential.Write(json, [new("docs", "static", "env:TOKEN", Now, Problem: "away")])
            ),
            Token
        );

        var found = await RunAsync(IPEndPoint.Parse(new Uri(server.Urls[0]).Authority));

        found.Status.ShouldBe(expected);
        if (expected == DoctorStatus.Fail)
        {
            found.Evidence.ShouldBe(["docs: static, since 2026-01-01 12:00:00Z: away"]);
        }
    }

    [Fact]
    public async Task Run_AgentIsStopped_IsSkipped() =>
        (await RunAsync(new IPEndPoint(IPAddress.Loopback, LoopbackPort.Free()))).ShouldBe(
            DoctorFinding.Skip("route_credentials", "Rests on the running agent.")
        );

    [Fact]
    public void Check_NoRouteWithCredentials_IsSkipped() =>
        CredentialCheck.Check([], Now).ShouldBe(DoctorFinding.Skip("route_credentials", "No route has credentials."));

    [Fact]
    public void Check_EachRouteHasIt_NamesKindSubjectAndExpiry()
    {
        var found = CredentialCheck.Check(
            [
                new("docs", "static", "env:TOKEN", Now),
                new("orders", "client_credentials", "agent", Now, Now.AddMinutes(-1)),
                new("people", "token_exchange", null, Now, Now.AddMinutes(5)),
                new("new", "google"),
            ],
            Now
        );

        found.Status.ShouldBe(DoctorStatus.Pass);
        found.Summary.ShouldBe("Every route that used its credential has it.");
        found.Evidence.ShouldBe([
            "docs: static of env:TOKEN",
            "orders: client_credentials of agent, expires 2026-01-01 11:59:00Z",
            "people: token_exchange, expires 2026-01-01 12:05:00Z",
            "new: google, not used yet",
        ]);
    }

    [Fact]
    public void Check_RouteWithoutIt_FailsWithTheReason()
    {
        var found = CredentialCheck.Check(
            [
                new("docs", "static", "env:TOKEN", Now),
                new("orders", "client_credentials", "agent", Now.AddMinutes(-2), Now.AddMinutes(1), "away"),
            ],
            Now
        );

        found.Status.ShouldBe(DoctorStatus.Fail);
        found.Summary.ShouldBe("1 of 2 routes have no usable credential for their upstream: orders.");
        found.Evidence.ShouldBe([
            "orders: client_credentials, since 2026-01-01 11:58:00Z: away",
            "docs: static of env:TOKEN",
        ]);
        found.Next.ShouldBe(["docs/upstream-credentials.md#problems"]);
    }

    [Theory]
    [InlineData(-1, DoctorStatus.Fail)]
    [InlineData(0, DoctorStatus.Fail)]
    [InlineData(1, DoctorStatus.Pass)]
    public void Check_ClientCertificate_FailsOnceItHasExpired(int seconds, DoctorStatus expected) =>
        CredentialCheck
            .Check([new("docs", "mtls", "CN=agent", Now.AddHours(-1), Now.AddSeconds(seconds))], Now)
            .Status.ShouldBe(expected);

    private Task<DoctorFinding> RunAsync(IPEndPoint health)
    {
        var settings = scene.Facts().Settings;
        return CredentialCheck.RunAsync(
            settings with
            {
                Health = new HealthOptions { Listen = [health] },
                Routes =
                [
                    settings.Routes[0] with
                    {
                        Credential = new CredentialSettings { Type = CredentialType.Static },
                    },
                ],
            },
            Own,
            new FakeTimeProvider(Now),
            Token
        );
    }
}
