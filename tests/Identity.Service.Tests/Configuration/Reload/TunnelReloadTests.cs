using System.Net;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tunnels.Assignment;
using Culvert.Identity.Service.Tunnels.Machines;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Configuration.Reload;

/// <summary><c>tunnels</c> and <c>agents</c>, changed while the service runs.</summary>
public sealed class TunnelReloadTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tunnels_CountForTheNextOne()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var first = await service.Api.PostOkAsync("/v1/tunnels");

        await service.ReloadAsync(options =>
            options with
            {
                Tunnels = options.Tunnels with
                {
                    PerOrganization = 2,
                    DomainSuffix = "other.test",
                    DefaultAgentRanges = ["192.0.2.0/24"],
                },
            }
        );

        var second = await service.Api.PostOkAsync("/v1/tunnels");
        second.Text("domain")!.ShouldEndWith(".other.test");
        second.GetProperty("agent_source_ranges")[0].GetString().ShouldBe("192.0.2.0/24");
        await service.Api.PostAsync("/v1/tunnels", "{}").ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.limit");
        // A tunnel keeps the name that clients know.
        (await service.Api.GetOkAsync($"/v1/tunnels/{first.Id()}"))
            .Text("domain")!
            .ShouldEndWith(".tunnel.example.com");
    }

    [Fact]
    public async Task EdgesPerTunnel_IsPutInForceByTheNextRound()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        await service.PauseJobsAsync();
        var job = service.Get<JobScheduler>().Jobs.OfType<EdgeHandovers>().Single();

        foreach (var number in new[] { 5, 3 })
        {
            await service.ReloadAsync(options =>
                options with
                {
                    Tunnels = options.Tunnels with { EdgesPerTunnel = number },
                }
            );
            await job.TryRoundAsync(Cancel);
            (await service.Get<AssignmentStore>().EdgesPerTunnelAsync(Cancel)).ShouldBe(number);
        }
    }

    [Fact]
    public async Task InstancesPerTunnel_CountsForTheNextEnrolment()
    {
        await using var bench = await MachineBench.StartAsync();
        await bench.JoinAsync(bench.AgentToken(), "one");

        await bench.Service.ReloadAsync(options =>
            options with
            {
                Agents = options.Agents with { InstancesPerTunnel = 1 },
            }
        );

        await bench.EnrollAsync(bench.AgentToken(), "two").ShouldRefuseAsync(HttpStatusCode.Conflict, "instance.limit");
    }

    // An agent that waits longer than live_for is sized for would count as disconnected.
    [Fact]
    public async Task FeedWaitMax_Changed_EndsWaitsThatHaveBegun()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var polling = service.Get<FeedPolling>();
        var poll = new FeedPoll(
            service.Get<IRevisions>().Current,
            Held: null,
            TimeSpan.FromHours(1),
            service.Time.GetTimestamp()
        );
        var waiting = polling.WaitAsync(poll, Cancel).AsTask();
        waiting.IsCompleted.ShouldBeFalse();

        await service.ReloadAsync(options =>
            options with
            {
                Agents = options.Agents with { FeedWaitMax = TimeSpan.FromSeconds(5) },
            }
        );

        (await waiting).ShouldBeNull();
        polling.IsOver(poll).ShouldBeFalse();
        service.Time.Advance(TimeSpan.FromSeconds(5));
        polling.IsOver(poll).ShouldBeTrue();
    }
}
