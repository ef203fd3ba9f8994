using System.Net;
using Culvert.Platform.Doctor;
using Culvert.Platform.Health;
using Culvert.Platform.Metrics;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Hosting;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor;

public sealed class StaticSecretsCheckTests : IDisposable
{
    private const string Value = "s3cret-value-of-the-test";
    private const string Setting = "routes.docs.credentials.value";

    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Check_NoSecret_Passes() => StaticSecretsCheck.Check([], scene.Now).Status.ShouldBe(DoctorStatus.Pass);

    [Theory]
    [InlineData(90, DoctorStatus.Pass, "Static secrets: 1.")]
    [InlineData(91, DoctorStatus.Warn, "Static secrets: 1, of which 1 are older than 90 days.")]
    public void Check_AFile_WarnsAfterNinetyDays(int days, DoctorStatus status, string summary)
    {
        var secret = Write(scene.Now - TimeSpan.FromDays(days));

        var found = StaticSecretsCheck.Check([new(Setting, StaticSecretKind.Header, secret)], scene.Now);

        (found.Status, found.Summary).ShouldBe((status, summary));
        found.Evidence.ShouldBe([
            $"{Setting}: header in file:{scene.PathOf("secret")}, written {days} days ago, not used since the agent's start",
        ]);
        found.Next[0].ShouldStartWith("header: use credentials.type");
        found.Next[^1].ShouldContain("docs/secrets.md");
    }

    [Fact]
    public void Check_AUse_ShowsWhenItWas()
    {
        var time = new FakeTimeProvider(scene.Now);
        var secret = Write(scene.Now - TimeSpan.FromHours(3));
        new SecretUses(time).Follow(secret);
        secret.Read().ShouldBe(Value);
        time.Advance(TimeSpan.FromMinutes(5));

        var found = StaticSecretsCheck.Check([new(Setting, StaticSecretKind.Header, secret)], time.GetUtcNow());

        found.Evidence.ShouldHaveSingleItem().ShouldEndWith("written 3 hours ago, last used 5 minutes ago");
    }

    [Fact]
    public void Check_AVariable_HasNoAge()
    {
        var secret = SecretReference.ToVariable("CULVERT_TEST_SECRET");

        var found = StaticSecretsCheck.Check([new("HTTPS_PROXY", StaticSecretKind.Password, secret)], scene.Now);

        found.Status.ShouldBe(DoctorStatus.Pass);
        found.Evidence.ShouldHaveSingleItem().ShouldContain("env:CULVERT_TEST_SECRET, age unknown");
    }

    [Theory]
    [InlineData(true, "last used 2 hours ago")]
    [InlineData(false, "last use: only the running agent knows it")]
    public async Task Run_AnAgentAnswers_ShowsItsLastUseIfItHasTheConfiguration(bool isOwn, string use)
    {
        var time = new FakeTimeProvider(scene.Now);
        using var metrics = new MetricsText("Culvert.Tunnel.Agent");
        using var agent = new AgentMetrics(time);
        agent.WatchSecrets(() => [(Setting, scene.Now - TimeSpan.FromHours(2)), ("routes.other", null)], time);
        var identity = isOwn
            ? AgentIdentity.Find(scene.Facts().Settings)
            : new ProgramIdentity("tunnel-agent", ("tunnel_id", "tnl_010000000000000000000002"));
        await using var server = await HealthServer.StartAsync(
            new HealthOptions { Listen = [new(IPAddress.Loopback, 0)] },
            new HealthEndpoints(identity, [], metrics, time),
            TestContext.Current.CancellationToken
        );
        var settings = Settings(IPEndPoint.Parse(new Uri(server.Urls[0]).Authority));

        var found = await StaticSecretsCheck.RunAsync(
            settings,
            AgentIdentity.Find(settings),
            time,
            TestContext.Current.CancellationToken
        );

        found.Evidence.ShouldHaveSingleItem().ShouldEndWith(use);
    }

    [Fact]
    public async Task Run_NoAgentAnswers_SaysThatOnlyItKnowsTheLastUse()
    {
        var settings = Settings(new IPEndPoint(IPAddress.Loopback, ClosedPort()));

        var found = await StaticSecretsCheck.RunAsync(
            settings,
            AgentIdentity.Find(settings),
            new FakeTimeProvider(scene.Now),
            TestContext.Current.CancellationToken
        );

        found.Evidence.ShouldHaveSingleItem().ShouldEndWith("last use: only the running agent knows it");
    }

    private AgentSettings Settings(IPEndPoint health)
    {
        var settings = scene.Facts().Settings;
        return settings with
        {
            Health = settings.Health with { Listen = [health] },
            Routes =
            [
                settings.Routes[0] with
                {
                    Credential = CredentialSettings.None with
                    {
                        Type = CredentialType.Static,
                        Value = Write(scene.Now),
                    },
                },
            ],
        };
    }

    private SecretReference Write(DateTimeOffset at)
    {
        var path = scene.Write("secret", Value);
        File.SetLastWriteTimeUtc(path, at.UtcDateTime);
        return SecretReference.ToFile(path);
    }

    private static int ClosedPort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
