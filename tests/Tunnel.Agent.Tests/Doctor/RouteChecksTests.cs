using Culvert.Platform.Addresses;
using Culvert.Platform.Doctor;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor;

public sealed class RouteChecksTests : IDisposable
{
    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData(
        "https://127.0.0.1:1",
        "127.0.0.0/8",
        "No program listens at 127.0.0.1:1: start the identity provider there, or correct the address or port."
    )]
    [InlineData(
        "https://127.0.0.1:1",
        "10.0.0.0/8",
        "If 127.0.0.1:1 is intended, list its address in issuers.corp.allowed_ranges."
    )]
    public async Task Issuers_CannotBeFetched_SaysWhatToDo(string url, string ranges, string expected)
    {
        AddressRanges.TryParse([ranges], out var allowed, out _).ShouldBeTrue();

        var found = await RunAsync(
            new IssuerSettings
            {
                Name = "corp",
                Issuer = url,
                AllowedRanges = allowed,
            }
        );

        found.Status.ShouldBe(DoctorStatus.Fail);
        found.Next.ShouldBe([expected]);
    }

    [Theory]
    [InlineData(PolicyMode.Record, "docs: every call passes; each is recorded by name")]
    [InlineData(PolicyMode.Off, "docs: every call passes; none is recorded (policy.mode: off)")]
    public void Policies_RouteWithoutOne_WarnsOfWhatPassesAndWhatIsRecorded(object mode, string evidence)
    {
        var found = RouteChecks.CheckPolicies(With((PolicyMode)mode));

        found.Status.ShouldBe(DoctorStatus.Warn);
        found.Evidence.ShouldBe([evidence]);
        found.Next.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(PolicyMode.Observe)]
    [InlineData(PolicyMode.Enforce)]
    public void Policies_RouteWithOne_Passes(object mode) =>
        RouteChecks.CheckPolicies(With((PolicyMode)mode)).Status.ShouldBe(DoctorStatus.Pass);

    [Fact]
    public void Policies_OfAnAuthorizationServer_AreNotAskedFor()
    {
        var settings = With(PolicyMode.Off);
        var route = settings.Routes[0];
        settings = settings with
        {
            Routes =
            [
                route with
                {
                    Oauth = route.Oauth with
                    {
                        AuthorizationServer = new AuthorizationServerSettings
                        {
                            BrowserUrl = "https://login.example.test",
                        },
                    },
                },
            ],
        };

        RouteChecks.CheckPolicies(settings).Status.ShouldBe(DoctorStatus.Pass);
    }

    private AgentSettings With(PolicyMode mode)
    {
        var settings = scene.Facts().Settings;
        return settings with
        {
            Routes =
            [
                settings.Routes[0] with
                {
                    Name = "docs",
                    Policy = new PolicySettings { Mode = mode },
                },
            ],
        };
    }

    private async Task<DoctorFinding> RunAsync(IssuerSettings issuer)
    {
        var settings = scene.Facts().Settings with { Issuers = [issuer] };
        var checks = new RouteChecks(settings, new KeySetSource(new IssuerDocuments(new FakeTimeProvider(scene.Now))));
        var found = await checks.RunAsync(TestContext.Current.CancellationToken);
        return found.Single(f => f.Id == RouteChecks.Issuers);
    }
}
