using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Tunnels.Machines;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels;

/// <summary>Settings of a tunnel (S21, S29) and how edges get them.</summary>
public sealed class TunnelSettingsTests
{
    private const string Sets = "/v1/client_range_sets/";

    private readonly ScriptedPeers peers = new();
    private readonly ScriptedEnrollments enrollments = new();

    [Fact]
    public async Task Update_EverySetting_IsShownAuditedAndReachesTheEdge()
    {
        await using var service = await StartAsync();
        var id = await TunnelAsync(service);
        await service.Api.PostOkAsync(Sets + "vendor", """{"ranges":["160.79.104.0/21","2001:db8::/32"]}""");

        var tunnel = await service.Api.PostOkAsync(
            "/v1/tunnels/" + id,
            """
            {"revision":1,"client_source_ranges":["127.0.0.0/8"],"client_range_sets":["vendor"],"affinity":"client",
             "offline_grace_seconds":604800,
             "limits":{"max_connections":5,"new_connections":"50/1s","bytes_per_second":1048576,"open_streams":7}}
            """
        );

        tunnel.GetProperty("revision").GetInt64().ShouldBe(2);
        tunnel.GetProperty("client_range_sets")[0].GetString().ShouldBe("vendor");
        tunnel.Text("affinity").ShouldBe("client");
        tunnel.GetProperty("limits").GetProperty("open_streams").GetInt32().ShouldBe(7);
        var shown = await EdgeViewAsync(service);
        shown
            .GetProperty("client_source_ranges")
            .EnumerateArray()
            .Select(range => range.GetString())
            .ShouldBe(["127.0.0.0/8", "160.79.104.0/21", "2001:db8::/32"]);
        shown.Text("affinity").ShouldBe("client");
        shown.GetProperty("offline_grace_seconds").GetInt32().ShouldBe(604_800);
        var limits = shown.GetProperty("limits");
        limits.GetProperty("max_connections").GetInt32().ShouldBe(5);
        limits.Text("new_connections").ShouldBe("50/1s");
        limits.GetProperty("bytes_per_second").GetInt64().ShouldBe(1048576);
        limits.GetProperty("open_streams").GetInt32().ShouldBe(7);
    }

    [Fact]
    public async Task Update_NothingOfThese_LeavesThemAsTheyAre()
    {
        await using var service = await StartAsync();
        var id = await TunnelAsync(service);
        await service.Api.PostOkAsync(
            "/v1/tunnels/" + id,
            """{"affinity":"client","offline_grace_seconds":60,"limits":{"max_connections":5}}"""
        );

        var tunnel = await service.Api.PostOkAsync("/v1/tunnels/" + id, """{"display_name":"x"}""");

        tunnel.Text("affinity").ShouldBe("client");
        tunnel.GetProperty("offline_grace_seconds").GetInt32().ShouldBe(60);
        tunnel.GetProperty("limits").GetProperty("max_connections").GetInt32().ShouldBe(5);
    }

    [Fact]
    public async Task Update_OfflineGraceNull_IsTheEdgesOwnAgain()
    {
        await using var service = await StartAsync();
        var id = await TunnelAsync(service);
        await service.Api.PostOkAsync("/v1/tunnels/" + id, """{"offline_grace_seconds":0}""");

        var tunnel = await service.Api.PostOkAsync("/v1/tunnels/" + id, """{"offline_grace_seconds":null}""");

        tunnel.GetProperty("offline_grace_seconds").ValueKind.ShouldBe(JsonValueKind.Null);
        (await EdgeViewAsync(service)).TryGetProperty("offline_grace_seconds", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"affinity":"sticky"}""", "request.invalid")]
    [InlineData("""{"public_port":0}""", "request.invalid")]
    [InlineData("""{"public_port":65536}""", "request.invalid")]
    [InlineData("""{"offline_grace_seconds":-1}""", "request.invalid")]
    [InlineData("""{"offline_grace_seconds":604801}""", "request.invalid")]
    [InlineData("""{"limits":{"max_connections":0}}""", "request.invalid")]
    [InlineData("""{"limits":{"open_streams":10000001}}""", "request.invalid")]
    [InlineData("""{"limits":{"new_connections":"fast"}}""", "request.invalid")]
    [InlineData("""{"limits":{"bytes_per_second":1023}}""", "request.invalid")]
    [InlineData("""{"limits":{"bytes_per_second":-1}}""", "request.invalid")]
    [InlineData("""{"limits":{"speed":1}}""", "request.invalid")]
    [InlineData("""{"client_range_sets":["a b"]}""", "request.invalid")]
    [InlineData("""{"client_range_sets":["a","a"]}""", "request.invalid")]
    [InlineData("""{"client_range_sets":["nobody"]}""", "range_set.unknown")]
    public async Task Update_BadSetting_IsRefused(string body, string code)
    {
        await using var service = await StartAsync();
        var id = await TunnelAsync(service);

        await service.Api.PostAsync("/v1/tunnels/" + id, body).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);

        (await service.Api.GetOkAsync("/v1/tunnels/" + id)).GetProperty("revision").GetInt64().ShouldBe(1);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task RangeSet_AppliedAgain_ChangesTheTunnelsThatNameIt()
    {
        await using var service = await StartAsync();
        var id = await TunnelAsync(service);
        (await service.Api.PostOkAsync(Sets + "vendor", """{"ranges":["192.0.2.0/24"],"revision":0}"""))
            .GetProperty("revision")
            .GetInt64()
            .ShouldBe(1);
        await service.Api.PostOkAsync("/v1/tunnels/" + id, """{"client_range_sets":["vendor"]}""");

        (await service.Api.PostOkAsync(Sets + "vendor", """{"ranges":["198.51.100.0/24"],"revision":1}"""))
            .GetProperty("revision")
            .GetInt64()
            .ShouldBe(2);

        (await EdgeViewAsync(service)).GetProperty("client_source_ranges")[0].GetString().ShouldBe("198.51.100.0/24");
        (await service.Api.GetOkAsync("/v1/client_range_sets")).GetProperty("data")[0].Text("name").ShouldBe("vendor");
        (await service.Api.GetOkAsync($"/v1/tunnels/{id}/status"))
            .GetProperty("problems")
            .EnumerateArray()
            .Select(problem => problem.GetString())
            .ShouldNotContain("source_ranges_empty");
    }

    [Fact]
    public async Task RangeSet_StaleRevision_IsConflict()
    {
        await using var service = await StartAsync();
        await service.Api.PostOkAsync(Sets + "vendor", """{"ranges":["192.0.2.0/24"]}""");

        var error = await service
            .Api.PostAsync(Sets + "vendor", """{"ranges":["192.0.2.0/24"],"revision":0}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "range_set.revision");

        error.GetProperty("details").GetProperty("revision").GetInt64().ShouldBe(1);
    }

    [Theory]
    [InlineData("Vendor", """{"ranges":["192.0.2.0/24"]}""", "request.invalid")]
    [InlineData("vendor", """{"ranges":[]}""", "request.invalid")] // would widen the tunnels that name it alone
    [InlineData("vendor", """{"ranges":["10.0.0.1/8"]}""", "tunnel.source_range")]
    [InlineData("vendor", """{}""", "request.invalid")]
    public async Task RangeSet_Bad_IsRefused(string name, string body, string code)
    {
        await using var service = await StartAsync();

        await service.Api.PostAsync(Sets + name, body).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task RangeSet_ChangedForOneWorkspace_IsRefused(string method)
    {
        await using var service = await StartAsync();
        await service.Api.PostOkAsync(Sets + "vendor", """{"ranges":["192.0.2.0/24"]}""");
        using var listed = await service.Api.GetAsync("/v1/tunnels", TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(new HttpMethod(method), Sets + "vendor");
        request.Headers.Add("anthropic-workspace-id", listed.Header("anthropic-workspace-id"));
        request.Content = new StringContent(
            """{"ranges":["198.51.100.0/24"]}""",
            new MediaTypeHeaderValue("application/json")
        );

        await service
            .Api.SendAsync(request, TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.workspace");

        (await service.Api.GetOkAsync(Sets + "vendor")).GetProperty("revision").GetInt64().ShouldBe(1);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task RangeSet_Remove_IsRefusedWhileATunnelNamesIt()
    {
        await using var service = await StartAsync();
        var id = await TunnelAsync(service);
        await service.Api.PostOkAsync(Sets + "vendor", """{"ranges":["192.0.2.0/24"]}""");
        await service.Api.PostOkAsync(Sets + "vendor-2", """{"ranges":["192.0.2.0/24"]}""");
        await service.Api.PostOkAsync("/v1/tunnels/" + id, """{"client_range_sets":["vendor"]}""");

        await DeleteAsync(service, "vendor").ShouldRefuseAsync(HttpStatusCode.Conflict, "range_set.in_use");
        (await DeleteAsync(service, "vendor-2")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await service.Api.PostOkAsync("/v1/tunnels/" + id, """{"client_range_sets":[]}""");
        (await DeleteAsync(service, "vendor")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await DeleteAsync(service, "vendor").ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Fact]
    public async Task Pause_AndResume_AreShownAuditedAndIdempotent()
    {
        await using var service = await StartAsync();
        var id = await TunnelAsync(service);

        var paused = await service.Api.PostOkAsync($"/v1/tunnels/{id}/pause", """{"reason":"incident 7"}""");
        paused.Text("paused_at").ShouldNotBeNull();
        paused.GetProperty("revision").GetInt64().ShouldBe(2);
        (await service.Api.PostOkAsync($"/v1/tunnels/{id}/pause")).GetProperty("revision").GetInt64().ShouldBe(2);
        (await EdgeViewAsync(service)).Text("status").ShouldBe("paused");
        var status = await service.Api.GetOkAsync($"/v1/tunnels/{id}/status");
        status.Text("status").ShouldBe("paused");
        status.GetProperty("problems")[0].GetString().ShouldBe("paused");

        var resumed = await service.Api.PostOkAsync($"/v1/tunnels/{id}/resume");
        resumed.GetProperty("paused_at").ValueKind.ShouldBe(JsonValueKind.Null);
        (await EdgeViewAsync(service, "edge-2")).Text("status").ShouldBe("active");
    }

    [Fact]
    public async Task Pause_ArchivedTunnel_IsRefused()
    {
        await using var service = await StartAsync();
        var id = await TunnelAsync(service);
        await service.Api.PostOkAsync($"/v1/tunnels/{id}/archive");

        await service
            .Api.PostAsync($"/v1/tunnels/{id}/pause", "{}")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.archived");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Agent_Disconnect_CountsUpInTheEdgesFeed()
    {
        await using var service = await StartAsync();
        var id = await TunnelAsync(service);
        var agent = FeedTests.Enrollment(id, service);
        enrollments.Add(agent);
        var path = $"/v1/tunnels/{id}/agents/{agent.Id.Value}/disconnect";

        (await service.Api.PostOkAsync(path, """{"reason":"stuck"}""")).Id().ShouldBe(agent.Id.Value);
        await service.Api.PostOkAsync(path);

        var shown = (await EdgeViewAsync(service)).GetProperty("disconnects")[0];
        shown.Text("instance_id").ShouldBe(agent.InstanceId);
        shown.GetProperty("number").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task Edge_DrainAndResume_ReachTheEdge()
    {
        await using var service = await StartAsync();
        var id = await FeedTests.CreateEdgeAsync(service);
        var (edge, _) = service.Edge(peers, id);

        (await service.Api.PostOkAsync($"/v1/edges/{id}/drain")).Text("draining_at").ShouldNotBeNull();
        (await edge.GetOkAsync("/v1/edge/feed"))
            .GetProperty("edge")
            .GetProperty("draining")
            .GetBoolean()
            .ShouldBeTrue();
        (await service.Api.PostOkAsync($"/v1/edges/{id}/resume"))
            .GetProperty("draining_at")
            .ValueKind.ShouldBe(JsonValueKind.Null);
        (await edge.GetOkAsync("/v1/edge/feed"))
            .GetProperty("edge")
            .GetProperty("draining")
            .GetBoolean()
            .ShouldBeFalse();
    }

    private static async Task<string> TunnelAsync(ServiceUnderTest service) =>
        (await service.Api.PostOkAsync("/v1/tunnels")).Id();

    private async Task<JsonElement> EdgeViewAsync(ServiceUnderTest service, string name = "edge-1")
    {
        var (edge, _) = service.Edge(peers, await FeedTests.CreateEdgeAsync(service, name));
        return (await edge.GetOkAsync("/v1/edge/feed")).GetProperty("tunnels")[0];
    }

    private static Task<HttpResponseMessage> DeleteAsync(ServiceUnderTest service, string name) =>
        service.Api.DeleteAsync(new Uri(Sets + name, UriKind.Relative), TestContext.Current.CancellationToken);

    private Task<ServiceUnderTest> StartAsync() =>
        ServiceUnderTest.StartAsync(services =>
            services
                .AddSingleton<Culvert.Identity.Service.Http.IMachinePeerVerifier>(peers)
                .AddSingleton<IAgentEnrollments>(enrollments)
                .AddSingleton<IRevokedMachines>(enrollments)
        );
}
