using System.Net;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Rotation;

public sealed class RotationTests
{
    [Fact]
    public async Task Switch_WaitsForLiveAgentsAndRelyingParties()
    {
        await using var bench = await RotationBench.StartAsync();
        var first = await bench.ApprovedAsync("active");
        var (enrollment, agent) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        var serial = enrollment.Certificate.Serial;
        await RotationBench.FollowAsync(agent, serial);
        var (partyId, party) = await bench.RelyingPartyAsync("product");
        using var client = party;
        await bench.FetchAsync(party);
        var second = await bench.ApprovedAsync("staged");

        // No client knows of it yet.
        await Activate(bench, second).ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");
        (await MissingAsync(bench, second)).ShouldBe([enrollment.Id, partyId], ignoreOrder: true);

        // Words that do not count: an epoch not served, and another certificate's.
        await RotationBench.ReportAsync(agent, serial, epoch: 2, serverSerial: null);
        (await MissingAsync(bench, second)).Count.ShouldBe(2);
        await RotationBench.FollowAsync(agent, "0a");
        (await MissingAsync(bench, second)).Count.ShouldBe(2);

        (await RotationBench.FollowAsync(agent, serial)).ShouldBe(2);
        (await MissingAsync(bench, second)).ShouldBe([partyId]);
        await bench.FetchAsync(party);
        (await MissingAsync(bench, second)).ShouldBeEmpty();

        (await (await Activate(bench, second)).JsonAsync()).Text("state").ShouldBe("active");
        (await bench.StateAsync(first)).ShouldBe("retiring");
    }

    [Fact]
    public async Task Switch_NobodyRegistered_WaitsForThePropagation()
    {
        await using var bench = await RotationBench.StartAsync(propagation: TimeSpan.FromHours(24));
        var first = await bench.ApprovedAsync("active");
        var second = await bench.ApprovedAsync("staged");

        var refused = await Activate(bench, second).ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");
        refused
            .Text("message")
            .ShouldBe(
                "The authority is staged. The waiting time for unregistered clients to fetch the trust bundle with its certificate has not passed."
            );
        refused.GetProperty("details").Text("next").ShouldBe($"culvert ca status {second} --watch");
        (await MissingAsync(bench, second)).ShouldBe(["propagation"]);
        bench.Service.Time.Advance(TimeSpan.FromHours(24));
        (await (await Activate(bench, second)).JsonAsync()).Text("state").ShouldBe("active");

        // It issued nothing: there is nothing to wait for.
        await bench.StepAsync();
        (await bench.StateAsync(first)).ShouldBe("retired");
    }

    // S16: one person could archive it before the authority is staged, and the switch would continue without it.
    [Fact]
    public async Task Switch_RelyingPartyThatWasArchivedBefore_WaitsForSevenDaysAfterItsLastCall()
    {
        await using var bench = await RotationBench.StartAsync();
        await bench.ApprovedAsync("active");
        var (partyId, party) = await bench.RelyingPartyAsync("product");
        using var client = party;
        await bench.FetchAsync(party);
        await bench.Service.Api.PostOkAsync($"/v1/tunnels/{bench.Machines.TunnelId}/relying_parties/{partyId}/archive");
        var second = await bench.ApprovedAsync("staged");
        (await MissingAsync(bench, second)).ShouldBeEmpty(); // one person may continue without it
        await bench.Service.PauseJobsAsync();
        await bench.Service.ReloadAsync(options =>
            options with
            {
                Certificates = options.Certificates with { SingleApproval = false },
            }
        );

        (await MissingAsync(bench, second)).ShouldBe([partyId]);
        var rotation = await bench.RotationAsync(second);
        rotation.GetProperty("missing")[0].Text("name").ShouldBe("product");
        rotation.Text("next")!.ShouldStartWith($"culvert ca status {second}");
        await Activate(bench, second).ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");

        bench.Service.Time.JumpTo(bench.Service.Time.GetUtcNow().AddDays(7).AddMinutes(1));
        (await MissingAsync(bench, second)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Switch_AgentThatIsAway_IsALateJoinerAndBlocksNothing()
    {
        await using var bench = await RotationBench.StartAsync();
        await bench.ApprovedAsync("active");
        var (enrollment, agent) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        await RotationBench.FollowAsync(agent, enrollment.Certificate.Serial);
        var second = await bench.ApprovedAsync("staged");
        (await MissingAsync(bench, second)).ShouldBe([enrollment.Id]);
        // The service's own round would retire the first authority, which issued nothing, and so make another bundle.
        await bench.Service.PauseJobsAsync();

        bench.Service.Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));

        var rotation = await bench.RotationAsync(second);
        rotation.GetProperty("missing").GetArrayLength().ShouldBe(0);
        rotation.GetProperty("late_joiners")[0].GetString().ShouldBe(enrollment.Id);
        await Activate(bench, second);

        // Back again it learns the present bundle before anything else.
        (await RotationBench.FollowAsync(agent, enrollment.Certificate.Serial)).ShouldBe(2);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Retirement_FollowsTheLastLeaf_AndCanBeForced()
    {
        await using var bench = await RotationBench.StartAsync(leafLife: TimeSpan.FromMinutes(30));
        var first = await bench.ApprovedAsync("active");
        var (enrollment, agent) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        var leaf = (await agent.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody()))
            .GetProperty("certificate")
            .Text("serial")!;
        var second = await bench.ApprovedAsync("staged");
        await RotationBench.FollowAsync(agent, enrollment.Certificate.Serial, leaf);
        await Activate(bench, second);

        await bench.StepAsync();
        (await bench.StateAsync(first)).ShouldBe("retiring");
        var refused = await bench.Service.Api.PostAsync(RotationBench.Path(first, "withdraw"), null);
        await Task.FromResult(refused).ShouldRefuseAsync(HttpStatusCode.Conflict, "bundle.unsafe");
        var radius = await bench.RotationAsync(first);
        radius.GetProperty("live_leaves").GetInt64().ShouldBe(1);
        radius.GetProperty("affected_agents")[0].GetString().ShouldBe(enrollment.Id);
        await bench
            .Service.Api.PostAsync(RotationBench.Path(first, "withdraw"), """{"force":true}""")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        // The last second belongs to the life, then verifiers' clocks are given their skew.
        bench.Service.Time.Advance(TimeSpan.FromMinutes(35) - TimeSpan.FromSeconds(2));
        await bench.StepAsync();
        (await bench.StateAsync(first)).ShouldBe("retiring");
        bench.Service.Time.Advance(TimeSpan.FromSeconds(2));
        await bench.StepAsync();
        (await bench.StateAsync(first)).ShouldBe("retired");

        await bench
            .Service.Api.PostAsync(RotationBench.Path(second, "withdraw"), """{"force":true,"reason":"x"}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");
    }

    [Fact]
    public async Task Taint_SuccessorTakesOverAndTheAnchorGoes_AtTheDeadlineAtTheLatest()
    {
        await using var bench = await RotationBench.StartAsync();
        var first = await bench.ApprovedAsync("active");
        var (_, party) = await bench.RelyingPartyAsync("product");
        using var client = party;
        await bench.FetchAsync(party);
        await bench.MoveAsync(first, AuthorityState.Active, AuthorityState.Tainted);

        // Without a successor nothing is removed: an empty bundle would not help.
        await bench.StepAsync();
        (await bench.StateAsync(first)).ShouldBe("tainted");
        await bench
            .Service.Api.PostAsync(RotationBench.Path(first, "withdraw"), """{"force":true,"reason":"now"}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "bundle.unsafe");

        var second = await bench.ApprovedAsync("staged");
        await bench.StepAsync();
        (await bench.StateAsync(second)).ShouldBe("staged");
        bench.Service.Time.Advance(TimeSpan.FromMinutes(15));
        await bench.StepAsync();
        (await bench.StateAsync(second)).ShouldBe("active");
        await bench.StepAsync();
        (await bench.StateAsync(first)).ShouldBe("retired");

        var anchors = await bench.FetchAsync(party);
        anchors.Count.ShouldBe(2); // the successor and the root above it
    }

    [Fact]
    public async Task Taint_EverybodyAcknowledged_NeedsNoDeadline()
    {
        await using var bench = await RotationBench.StartAsync();
        var first = await bench.ApprovedAsync("active");
        var (_, party) = await bench.RelyingPartyAsync("product");
        using var client = party;
        var second = await bench.ApprovedAsync("staged");
        await bench.MoveAsync(first, AuthorityState.Active, AuthorityState.Tainted);
        await bench.FetchAsync(party);

        await bench.StepAsync();
        await bench.StepAsync();

        (await bench.StateAsync(second)).ShouldBe("active");
        (await bench.StateAsync(first)).ShouldBe("retired");
    }

    [Fact]
    public async Task Taint_AgentShowsALeafOfIt_IsCalledBackAndWaitedFor()
    {
        await using var bench = await RotationBench.StartAsync();
        var first = await bench.ApprovedAsync("active");
        var (enrollment, agent) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        var platform = enrollment.Certificate.Serial;
        var shown = await LeafAsync(agent);
        var second = await bench.ApprovedAsync("staged");
        await bench.MoveAsync(first, AuthorityState.Active, AuthorityState.Tainted);
        (await agent.GetOkAsync("/v1/agent/feed")).TryGetProperty("renewals", out _).ShouldBeFalse();
        await RotationBench.FollowAsync(agent, platform, shown);

        await bench.StepAsync();
        await bench.StepAsync();
        (await bench.StateAsync(second)).ShouldBe("active");
        (await bench.StateAsync(first)).ShouldBe("tainted");
        var renewal = (await agent.GetOkAsync("/v1/agent/feed")).GetProperty("renewals")[0];
        renewal.Text("ca_id").ShouldBe(first);
        renewal
            .GetProperty("suggested_window")
            .GetProperty("end")
            .GetDateTimeOffset()
            .ShouldBeLessThanOrEqualTo(bench.Service.Time.GetUtcNow());
        renewal.Text("explanation_url").ShouldEndWith($"{first}/rotation");

        await RotationBench.FollowAsync(agent, platform, await LeafAsync(agent));
        await bench.StepAsync();
        (await bench.StateAsync(first)).ShouldBe("retired");

        // A client that was offline with a leaf of it still learns that it is revoked.
        var later = await agent.GetOkAsync("/v1/agent/feed");
        later.GetProperty("renewals")[0].Text("ca_id").ShouldBe(first);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Rollback_FromEachPhase_ReturnsToThePredecessor()
    {
        await using var bench = await RotationBench.StartAsync();
        var first = await bench.ApprovedAsync("active");
        await bench
            .Service.Api.PostAsync(RotationBench.Path(first, "rollback"), null)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");
        var second = await bench.ApprovedAsync("staged");
        await Activate(bench, second);

        await bench.Service.Api.PostOkAsync(RotationBench.Path(second, "rollback"), """{"reason":"clients fail"}""");
        (await bench.StateAsync(first)).ShouldBe("active");
        (await bench.StateAsync(second)).ShouldBe("staged");

        await bench.Service.Api.PostOkAsync(RotationBench.Path(second, "rollback"));
        (await bench.StateAsync(second)).ShouldBe("retired");
        (await bench.StateAsync(first)).ShouldBe("active");
    }

    private static async Task<string> LeafAsync(HttpClient agent) =>
        (await agent.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody()))
            .GetProperty("certificate")
            .Text("serial")!;

    private static Task<HttpResponseMessage> Activate(RotationBench bench, string id) =>
        bench.Service.Api.PostAsync(RotationBench.Path(id, "activate"), null);

    private static async Task<List<string>> MissingAsync(RotationBench bench, string id) =>
        [
            .. (await bench.RotationAsync(id))
                .GetProperty("missing")
                .EnumerateArray()
                .Select(missing => missing.Text("id")!),
        ];
}
