using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Machines;
using Culvert.Identity.Service.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tunnels;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Machines;

/// <summary>"Is it up?" has one true answer, whatever happened to whichever part.</summary>
public sealed class TunnelReadinessTests
{
    private readonly ScriptedPeers peers = new();
    private readonly ScriptedEnrollments enrollments = new();
    private string spiffeId = ""; // of the edge
    private string agentSpiffeId = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task State_TunnelThatNobodySetUp_IsNoOutage()
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");

        (await StateAsync(service, tunnel.Id())).ShouldBe("not_set_up");
        enrollments.Add(FeedTests.Enrollment(tunnel.Id(), service));
        (await StateAsync(service, tunnel.Id())).ShouldBe("not_ready");
    }

    [Fact]
    public async Task State_AgentComesAndLeaves_FollowsTheEdgesReports()
    {
        await using var service = await StartAsync();
        var (tunnel, edge, _) = await ReadyAsync(service);
        (await StateAsync(service, tunnel)).ShouldBe("ready");

        await ReportAsync(edge, EdgeReport(tunnel));
        (await StatusAsync(service, tunnel)).Problems().ShouldBe(["no_agent_connection"]);
        (await StateAsync(service, tunnel)).ShouldBe("not_ready");

        await ReportAsync(edge, EdgeReport(tunnel, "one"));
        (await StateAsync(service, tunnel)).ShouldBe("ready");
    }

    [Fact]
    public async Task State_UpstreamDownAndUp_FollowsTheAgentsReports()
    {
        await using var service = await StartAsync();
        var (tunnel, edge, agent) = await ReadyAsync(service);

        await ReportAsync(agent, AgentReport("false", "Connection refused"), "agent");
        var status = await StatusAsync(service, tunnel);
        status.Problems().ShouldBe(["upstream_unhealthy"]);
        status.GetProperty("routes")[0].Text("detail").ShouldBe("Connection refused");

        // Another agent has a healthy one for the same route: the edge takes clients there.
        enrollments.Add(FeedTests.Enrollment(tunnel, service) with { InstanceId = "two", Serial = "a1two" });
        var organization = (await service.Api.GetOkAsync("/v1/tunnels/" + tunnel)).Text("organization_id");
        var (second, _) = service.Agent(peers, organization, tunnel, "two");
        await ReportAsync(second, AgentReport("true", ""), "agent");
        (await StateAsync(service, tunnel)).ShouldBe("not_ready"); // it is not connected
        await ReportAsync(edge, EdgeReport(tunnel, "one", "two"));
        (await StateAsync(service, tunnel)).ShouldBe("ready");

        await ReportAsync(edge, EdgeReport(tunnel, "one"));
        await ReportAsync(agent, AgentReport("null", ""), "agent"); // not probed: nothing speaks against it
        (await StateAsync(service, tunnel)).ShouldBe("ready");
    }

    [Theory]
    [InlineData(90, "ready", "live")]
    [InlineData(91, "unknown", "unknown")]
    public async Task State_EdgeIsSilentForThreePolls_IsUnknownAndNeverGood(int seconds, string state, string presence)
    {
        await using var service = await StartAsync();
        var (tunnel, edge, _) = await ReadyAsync(service);

        service.Time.JumpTo(service.Time.GetUtcNow().AddSeconds(seconds));

        var status = await StatusAsync(service, tunnel);
        status.Text("state").ShouldBe(state);
        status.GetProperty("ready").GetBoolean().ShouldBe(state == "ready");
        status.GetProperty("edges")[0].Text("state").ShouldBe(presence);
        await edge.GetOkAsync("/v1/edge/feed");
        (await StateAsync(service, tunnel)).ShouldBe("ready");
    }

    [Fact]
    public async Task State_EdgeIsKilled_IsGoneAfterTwoSecondsAndBackWithItsNextWord()
    {
        await using var service = await StartAsync();
        var (tunnel, edge, _) = await ReadyAsync(service);
        await BreakAPollAsync(service, edge, "edge", spiffeId);

        await Eventually.UntilAsync(
            async () => await StateAsync(service, tunnel) == "not_ready",
            Cancel,
            () => service.Time.Advance(TimeSpan.FromMilliseconds(100))
        );
        var status = await StatusAsync(service, tunnel);
        status.Problems().ShouldBe(["no_edge", "no_agent_connection"]);
        status.GetProperty("edges")[0].Text("state").ShouldBe("gone");
        status.GetProperty("edges_serving").GetInt32().ShouldBe(0);

        await ReportAsync(edge, EdgeReport(tunnel, "one"));
        (await StateAsync(service, tunnel)).ShouldBe("ready");
    }

    [Fact] // a connection that was cut, and made again at once
    public async Task State_EdgeCallsAgainAtOnce_IsNotGone()
    {
        await using var service = await StartAsync();
        var (tunnel, edge, _) = await ReadyAsync(service);
        await BreakAPollAsync(service, edge, "edge", spiffeId);
        service.Time.Advance(TimeSpan.FromMilliseconds(100));
        await edge.GetOkAsync("/v1/edge/feed");

        for (var second = 0; second < 5; second++)
        {
            service.Time.Advance(TimeSpan.FromSeconds(1));
            (await StateAsync(service, tunnel)).ShouldBe("ready");
        }
    }

    // A killed agent was shown as live for five minutes, next to an edge without a connection of it.
    [Fact]
    public async Task Agents_AgentIsKilled_IsNotLiveOnceNoEdgeHasIt_AndIsStillAwaited()
    {
        await using var service = await StartAsync();
        var (tunnel, edge, agent) = await ReadyAsync(service);
        await BreakAPollAsync(service, agent, "agent", agentSpiffeId);
        service.Time.Advance(TimeSpan.FromSeconds(3));
        (await AgentsAsync()).ShouldBe((1, 1, true)); // its connection to the edge proves that it runs

        await ReportAsync(edge, EdgeReport(tunnel));
        await Eventually.UntilAsync(
            async () => await AgentsAsync() == (0, 0, false),
            Cancel,
            () => service.Time.Advance(TimeSpan.FromMilliseconds(100))
        );
        (await StatusAsync(service, tunnel)).Problems().ShouldBe(["no_live_agent", "no_agent_connection"]);
        (await IsAwaitedAsync()).ShouldBeTrue(); // S17: it may come back with the bundle of before

        await agent.GetOkAsync("/v1/agent/feed");
        (await AgentsAsync()).ShouldBe((0, 1, true));

        async Task<(int Connected, int Live, bool IsLive)> AgentsAsync()
        {
            var status = await StatusAsync(service, tunnel);
            var listed = await service.Api.GetOkAsync("/v1/agents?tunnel_id=" + tunnel);
            return (
                status.GetProperty("agents_connected").GetInt32(),
                status.GetProperty("agents_live").GetInt32(),
                listed.GetProperty("data")[0].GetProperty("live").GetBoolean()
            );
        }

        async Task<bool> IsAwaitedAsync()
        {
            var found = await service.Get<TunnelStore>().FindAsync(tunnel, Cancel);
            return (await service.Get<AgentDirectory>().ListAsync(found!, edges: [], Cancel)).Single().IsAwaited;
        }
    }

    // The doctor kept a dead agent alive: it asks with the agent's own certificate.
    [Theory]
    [InlineData("?probe=true", false)]
    [InlineData("", true)]
    public async Task Agents_FeedIsRequested_IsASignOfLifeUnlessADoctorAsks(string query, bool isLive)
    {
        await using var service = await StartAsync();
        var (tunnel, _, agent) = await ReadyAsync(service);
        var before = await ContactAsync();
        service.Time.JumpTo(service.Time.GetUtcNow().AddMinutes(4));

        var feed = await agent.GetOkAsync("/v1/agent/feed" + query);

        feed.GetProperty("tunnel").Id().ShouldBe(tunnel);
        (await ContactAsync() == before).ShouldBe(!isLive);
        (await StatusAsync(service, tunnel)).GetProperty("agents_live").GetInt32().ShouldBe(isLive ? 1 : 0);

        async Task<string?> ContactAsync() =>
            (await service.Api.GetOkAsync("/v1/agents")).GetProperty("data")[0].Text("last_contact_at");
    }

    [Fact]
    public async Task Probe_NothingNew_AnswersAtOnce()
    {
        await using var service = await StartAsync();
        var (_, _, agent) = await ReadyAsync(service);
        var revision = (await agent.GetOkAsync("/v1/agent/feed?probe=true")).GetProperty("revision").GetInt64();

        using var answer = await agent.GetAsync($"/v1/agent/feed?since={revision}&wait=30s&probe=true", Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact] // what an edge reported before the service's outage is not its present state
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task State_AfterARestartOfTheService_IsUnknownUntilTheEdgeIsHeard()
    {
        var first = await StartAsync();
        var (tunnel, _, _) = await ReadyAsync(first);
        await first.StopAsync();
        first.Time.Advance(TimeSpan.FromSeconds(1));
        await using var second = await first.RestartAsync();

        (await StateAsync(second, tunnel)).ShouldBe("unknown");
        var id = (await StatusAsync(second, tunnel)).GetProperty("edges")[0].Id();
        var (edge, _) = second.Edge(peers, id);
        await edge.GetOkAsync("/v1/edge/feed");
        (await StateAsync(second, tunnel)).ShouldBe("ready");
    }

    [Fact]
    public async Task Metrics_Tunnel_SayTheSame()
    {
        await using var service = await StartAsync();
        var (tunnel, edge, _) = await ReadyAsync(service);
        var read = new Dictionary<string, (int Value, string? State)>();
        using var listener = Instruments.Listen<int>(
            "culvert_tunnel_ready",
            (value, labels) => read[(string)labels["tunnel"]!] = (value, labels["state"] as string)
        );

        await LookAsync();
        listener.RecordObservableInstruments();
        read[tunnel].ShouldBe((1, "ready"));

        await ReportAsync(edge, EdgeReport(tunnel));
        await LookAsync();
        listener.RecordObservableInstruments();
        read[tunnel].ShouldBe((0, "not_ready"));

        // As a round, which no other overtakes.
        async Task LookAsync() => await service.Api.PostOkAsync("/v1/jobs/tunnel_metrics/run");
    }

    [Fact]
    public async Task Nodes_OneOfOne_IsSaid()
    {
        await using var service = await StartAsync();
        var count = await service.Services.GetRequiredService<VersionStore>().CountNodesAsync(Cancel);

        count.Live.ShouldBe(1);
        count.Known.ShouldBe(1);
    }

    private static async Task BreakAPollAsync(ServiceUnderTest service, HttpClient machine, string kind, string id)
    {
        var revision = (await machine.GetOkAsync($"/v1/{kind}/feed")).GetProperty("revision").GetInt64();
        service.Time.Advance(TimeSpan.FromMilliseconds(1));
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var contacts = service.Services.GetRequiredService<MachineContacts>();
        var now = service.Time.GetUtcNow();
        var poll = machine.GetAsync($"/v1/{kind}/feed?since={revision}&wait=30s", broken.Token);
        await Eventually.UntilAsync(() => contacts.FindLast(id) >= now, Cancel);
        await broken.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => poll);
    }

    private async Task<(string Tunnel, HttpClient Edge, HttpClient Agent)> ReadyAsync(ServiceUnderTest service)
    {
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var path = "/v1/tunnels/" + tunnel.Id();
        await service.Api.PostOkAsync(path, """{"client_source_ranges":["127.0.0.0/8"]}""");
        await service.Api.PostOkAsync(path + "/certificates", TunnelEndpointsTests.Pem(TestCertificates.Authority()));
        enrollments.Add(FeedTests.Enrollment(tunnel.Id(), service));
        var (edge, peer) = service.Edge(peers, await FeedTests.CreateEdgeAsync(service));
        spiffeId = peer.SpiffeId;
        var (agent, agentPeer) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        agentSpiffeId = agentPeer.SpiffeId;
        await ReportAsync(agent, AgentReport("true", ""), "agent");
        await ReportAsync(edge, EdgeReport(tunnel.Id(), "one"));
        return (tunnel.Id(), edge, agent);
    }

    private static async Task ReportAsync(HttpClient machine, string report, string kind = "edge") =>
        (await machine.PostAsync($"/v1/{kind}/reports", report)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

    private static string EdgeReport(string tunnel, params string[] agents)
    {
        var connected = agents.Select(agent =>
            $$$"""{"tunnel_id":"{{{tunnel}}}","instance_id":"{{{agent}}}","connections":2}"""
        );
        return $$$"""
            {"revision":1,"epochs":{"platform":1},"serial":"ed9e","version":"0.1.0","sni_public_port":9443,
             "agents":[{{{string.Join(',', connected)}}}],"client_connections":{}}
            """;
    }

    private static string AgentReport(string healthy, string detail) =>
        $$$"""
            {"revision":1,"epochs":{"platform":1,"trust_bundle":0},"serials":{"platform":"a1one","server":null},
             "version":"0.1.0",
             "routes":[{"name":"docs","hostname":"docs.x","upstream_healthy":{{{healthy}}},"detail":"{{{detail}}}"}]}
            """;

    private Task<ServiceUnderTest> StartAsync() =>
        ServiceUnderTest.StartAsync(services =>
            services
                .AddSingleton<IMachinePeerVerifier>(peers)
                .AddSingleton<IAgentEnrollments>(enrollments)
                .AddSingleton<IRevokedMachines>(enrollments)
        );

    private static Task<JsonElement> StatusAsync(ServiceUnderTest service, string tunnel) =>
        service.Api.GetOkAsync($"/v1/tunnels/{tunnel}/status");

    private static async Task<string?> StateAsync(ServiceUnderTest service, string tunnel) =>
        (await StatusAsync(service, tunnel)).Text("state");
}

file static class StatusExtensions
{
    public static string?[] Problems(this JsonElement status) =>
        [.. status.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString())];
}
