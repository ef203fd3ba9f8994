using System.Text.Json;
using Culvert.Machine.Client.Credentials;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Certificates;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Credentials;

/// <summary>The credential manager of an edge.</summary>
public sealed class EdgeCredentialTests : CredentialManagerTest
{
    [Fact]
    public async Task Edge_EnrolsFollowsItsFeedAndReports()
    {
        var content = new EdgeReportContent
        {
            SniPublicPort = 9443,
            Agents = [],
            ClientConnections = new Dictionary<string, int> { ["tnl_1"] = 3 },
        };
        var manager = NewEdge(StatePath, content);
        running = manager.RunAsync(stop.Token);

        await Until(() => service.Count("/v1/edge/reports") > 0, TimeSpan.FromMilliseconds(100));

        manager.Identity!.SpiffeId.ShouldBe(SpiffeId.Edge(FakeService.TrustDomain, FakeService.EdgeId));
        var report = JsonSerializer.Deserialize(service.Of("/v1/edge/reports")[^1].Body, WireJson.Default.EdgeReport)!;
        (report.Revision, report.SniPublicPort, report.Serial).ShouldBe((1, 9443, manager.Identity.Credential.Serial));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Edge_EnrolsInOneRequestWhereTheServiceKnowsAssertions(bool knows)
    {
        service.KnowsAssertions = knows;
        var content = new EdgeReportContent
        {
            SniPublicPort = 9443,
            Agents = [],
            ClientConnections = new Dictionary<string, int>(),
        };
        var manager = NewEdge(StatePath, content);
        running = manager.RunAsync(stop.Token);

        await Until(() => manager.Identity is not null, TimeSpan.FromMilliseconds(100));

        var enrolments = service.Of("/v1/edge/enrollments");
        enrolments[0].Body.ShouldContain("idp.token.1");
        enrolments.Select(r => r.Bearer).ShouldBe(knows ? [""] : ["", "access-1"]);
        service.Count(Exchange).ShouldBe(knows ? 0 : 1);
    }

    // What is revoked is refused, whether or not the disk has room for the copy that outlives a restart.
    [Fact]
    public async Task Edge_DiskIsFull_AppliesItsFeedAndWhatIsRevoked()
    {
        using var disk = TakeDisk();
        var manager = NewEdge(
            disk.Path,
            new EdgeReportContent
            {
                SniPublicPort = 9443,
                Agents = [],
                ClientConnections = new Dictionary<string, int>(),
            }
        );
        running = manager.RunAsync(stop.Token);
        await Until(() => manager.Feed?.Revision == 1, TimeSpan.FromMilliseconds(100));

        disk.Fill();
        service.EdgeRevokedSerials = ["0badc0de"];
        service.Change();
        await Until(() => manager.Feed?.Revision == 2, TimeSpan.FromMilliseconds(100));

        manager.RevokedSerials.ShouldBe(["0badc0de"]);
        // The feed is in force before it is written.
        await Until(() => logs.Count(EventIds.StateUnwritable) > 0, TimeSpan.FromMilliseconds(100));
        await StopAsync();
    }

    // S10: a revocation reaches an edge within 5 s, also one made right after the service has come back.
    [Fact]
    public async Task Edge_ServiceAway_AsksAgainEveryTwoSeconds()
    {
        var manager = NewEdge(
            StatePath,
            new EdgeReportContent
            {
                SniPublicPort = 9443,
                Agents = [],
                ClientConnections = new Dictionary<string, int>(),
            }
        );
        const string feed = "/v1/edge/feed";
        service.Intercept = (request, context) =>
        {
            if (request.Path == feed)
            {
                context.Abort();
            }

            return Task.FromResult(request.Path == feed);
        };
        running = manager.RunAsync(stop.Token);

        await Until(() => service.Count(feed) >= 12, TimeSpan.FromMilliseconds(250));

        var asked = service.Of(feed).Select(r => r.At).ToList();
        asked.Zip(asked.Skip(1), (a, b) => b - a).Max().ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    private CredentialManager<EdgeFeed> NewEdge(string folder, EdgeReportContent content)
    {
        state = StateDirectory.Open(folder);
        var manager = CredentialManager.ForEdge(
            new CredentialManagerOptions { Identity = Identity() },
            FakeService.EdgeId,
            state,
            () => content,
            logs,
            time,
            TimeProvider.System
        );
        managers.Add(manager);
        loops = 3;
        return manager;
    }

    private static SmallDisk TakeDisk()
    {
        try
        {
            return new SmallDisk(1);
        }
        catch (InvalidOperationException fault)
        {
            Assert.Skip($"A small disk needs the right to mount: {fault.Message}");
            throw;
        }
    }
}
