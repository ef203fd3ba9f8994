using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Tunnels.Machines;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels.Machines;

/// <summary><c>GET /v1/agents</c>.</summary>
public sealed class AgentListTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly ScriptedEnrollments enrollments = new();

    [Fact]
    public async Task List_SeveralTunnels_IsThatOfEachTunnelFromTheNewestDown()
    {
        await using var service = await StartAsync();
        var (old, young) = (await TunnelAsync(service), await TunnelAsync(service));
        Enrol(service, old, "a");
        Enrol(service, young, "b");

        var agents = await service.Api.GetOkAsync("/v1/agents");

        Instances(agents).ShouldBe(["b", "a"]);
        agents
            .GetProperty("data")[0]
            .GetRawText()
            .ShouldBe(
                (await service.Api.GetOkAsync($"/v1/tunnels/{young}/agents")).GetProperty("data")[0].GetRawText()
            );
        agents.GetProperty("next_page").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory] // agents that enrolled in the same millisecond too
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task List_PageByPage_ShowsEachAgentOnce(int limit)
    {
        await using var service = await StartAsync();
        foreach (var tunnel in new[] { await TunnelAsync(service), await TunnelAsync(service) })
        {
            Enrol(service, tunnel, $"{tunnel}-1");
            Enrol(service, tunnel, $"{tunnel}-2");
            service.Time.Advance(TimeSpan.FromSeconds(1));
            Enrol(service, tunnel, $"{tunnel}-3");
        }

        var whole = Instances(await service.Api.GetOkAsync("/v1/agents"));
        var paged = new List<string>();
        var cursor = "";
        do
        {
            var page = await service.Api.GetOkAsync($"/v1/agents?limit={limit}{cursor}");
            Instances(page).Count.ShouldBeLessThanOrEqualTo(limit);
            paged.AddRange(Instances(page));
            cursor = page.GetProperty("next_page").GetString() is { } next ? $"&page={next}" : null;
        } while (cursor is not null);

        paged.ShouldBe(whole);
        paged.Count.ShouldBe(6);
    }

    [Fact]
    public async Task List_MoreTunnelsThanARequestReads_GoesOnWithTheNextPage()
    {
        await using var service = await StartAsync();
        var oldest = await TunnelAsync(service);
        Enrol(service, oldest, "a");
        for (var i = 0; i < AgentListEndpoint.MaxTunnels; i++)
        {
            await TunnelAsync(service);
        }

        var first = await service.Api.GetOkAsync("/v1/agents");
        var second = await service.Api.GetOkAsync($"/v1/agents?page={first.Text("next_page")}");

        Instances(first).ShouldBeEmpty();
        Instances(second).ShouldBe(["a"]);
        second.GetProperty("next_page").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("state=live", "")]
    [InlineData("state=offline", "b")]
    [InlineData("state=revoked", "a")]
    [InlineData("tunnel_id=tnl_01aaaaaaaaaaaaaaaaaaaaaa", "")]
    [InlineData("tunnel_id=no-tunnel", "")]
    public async Task List_Filter_IsApplied(string filter, string expected)
    {
        await using var service = await StartAsync();
        var tunnel = await TunnelAsync(service);
        Enrol(service, tunnel, "a", revoked: true);
        Enrol(service, tunnel, "b");

        string.Join(',', Instances(await service.Api.GetOkAsync($"/v1/agents?{filter}"))).ShouldBe(expected);
    }

    [Fact]
    public async Task List_OneTunnel_IsThatOfTheTunnelEvenWhenItIsArchived()
    {
        await using var service = await StartAsync();
        var (one, other) = (await TunnelAsync(service), await TunnelAsync(service));
        Enrol(service, one, "a");
        Enrol(service, other, "b");
        await service.Api.PostOkAsync($"/v1/tunnels/{one}/archive");

        Instances(await service.Api.GetOkAsync($"/v1/agents?tunnel_id={one}")).ShouldBe(["a"]);
        Instances(await service.Api.GetOkAsync("/v1/agents")).ShouldBe(["b"]);
    }

    [Fact]
    public async Task List_AgentsOfAnotherOrganization_AreNotShown()
    {
        await using var service = await StartAsync();
        var tunnel = await TunnelAsync(service);
        Enrol(service, tunnel, "a");
        var other = await service.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var key = await service.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{other.Id()}}"}"""
        );
        using var stranger = service.Client(key.Text("admin_key"));

        Instances(await stranger.GetOkAsync("/v1/agents")).ShouldBeEmpty();
        Instances(await stranger.GetOkAsync($"/v1/agents?tunnel_id={tunnel}")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("state=gone")]
    [InlineData("page=x")]
    public async Task List_MalformedQuery_IsRefused(string query)
    {
        await using var service = await StartAsync();

        await service
            .Api.GetAsync($"/v1/agents?{query}", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    private static async Task<string> TunnelAsync(ServiceUnderTest service) =>
        (await service.Api.PostOkAsync("/v1/tunnels")).Id();

    private void Enrol(ServiceUnderTest service, string tunnel, string instance, bool revoked = false) =>
        enrollments.Add(
            FeedTests.Enrollment(tunnel, service) with
            {
                InstanceId = instance,
                RevokedAt = revoked ? service.Time.GetUtcNow() : null,
            }
        );

    private static List<string> Instances(JsonElement page) =>
        [.. page.GetProperty("data").EnumerateArray().Select(agent => agent.Text("instance_id"))];

    private Task<ServiceUnderTest> StartAsync() =>
        ServiceUnderTest.StartAsync(
            services => services.AddSingleton<IAgentEnrollments>(enrollments),
            options => options with { Tunnels = options.Tunnels with { PerOrganization = 200 } }
        );
}
