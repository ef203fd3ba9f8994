using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Servers.Calls;

/// <summary>Which requests for approval people and agents of other tunnels, workspaces and organizations reach: none.</summary>
public sealed class CallApprovalTenantsTests : IAsyncLifetime
{
    private static readonly string[] Differing = ["request-id", "date"];

    private MachineBench bench = null!;
    private HttpClient agent = null!;

    public async ValueTask InitializeAsync()
    {
        bench = await MachineBench.StartAsync();
        agent = (await bench.JoinAsync(bench.AgentToken())).Machine;
    }

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    private string Approvals => $"/v1/tunnels/{bench.TunnelId}/approvals";

    [Fact]
    public async Task OtherOrganization_SeesNothing()
    {
        var ticket = await AskAsync('a');
        var other = await bench.Service.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var key = await bench.Service.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{other.Id()}}"}"""
        );
        using var eve = bench.Service.Client(key.Text("admin_key")!);

        await eve.GetAsync(Approvals, Cancellation).ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await eve.GetAsync($"{Approvals}/{ticket.Id()}", Cancellation)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        foreach (var verb in new[] { "approve", "reject" })
        {
            await eve.PostAsync($"{Approvals}/{ticket.Id()}/{verb}", "{}")
                .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        }
    }

    [Fact]
    public async Task OtherTunnel_OfTheOrganization_HasNoneOfThem()
    {
        var ticket = await AskAsync('a');
        var other = await bench.Service.Api.PostOkAsync("/v1/tunnels");

        await bench
            .Service.Api.PostAsync($"/v1/tunnels/{other.Id()}/approvals/{ticket.Id()}/approve", "{}")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    // The same call, byte for byte, by an agent that was enrolled for a tunnel of another organization.
    [Fact]
    public async Task Ask_ByAnAgentOfAnotherOrganization_IsATicketOfThatOrganization()
    {
        var mine = await AskAsync('a');
        await bench.Service.Api.PostOkAsync($"{Approvals}/{mine.Id()}/approve");
        var organization = (await bench.Service.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""")).Id();
        var key = await bench.Service.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{organization}}"}"""
        );
        using var eve = bench.Service.Client(key.Text("admin_key"));
        var tunnel = await eve.PostOkAsync("/v1/tunnels");
        bench.Federation.Name(tunnel.Id());
        var token = bench.AgentToken(
            organization: organization,
            workspace: tunnel.Text("workspace_id"),
            tunnels: [tunnel.Id()]
        );
        var (_, foreign) = await bench.JoinAsync(token, tunnelId: tunnel.Id());

        var theirs = await AskAsync('a', by: foreign);

        theirs.Text("state").ShouldBe("pending");
        theirs.Id().ShouldNotBe(mine.Id());
        (await IdsAsync(bench.Service.Api)).ShouldBe([mine.Id()]);
        (await IdsAsync(eve)).ShouldBe([theirs.Id()]);
        (await AskAsync('a')).Text("state").ShouldBe("approved"); // the other agent has not used it up
    }

    // Certificates that name an organization and a tunnel that do not belong together: a tunnel of another organization
    // answers like one that does not exist, with and without a request for the very call.
    [Fact]
    public async Task Ask_WithACertificateOfAnotherOrganization_IsDeniedInOneShape()
    {
        await using var scene = await CallApprovalScene.StartAsync();
        var (other, eve) = await scene.AddOrganizationAsync();
        var ticket = await scene.Agent.AskAsync(CallRequests.Body('a'));
        var approval = $"/v1/tunnels/{scene.TunnelId}/approvals/{ticket.Id()}";
        await scene.Api.PostOkAsync($"{approval}/approve");
        using var intruder = scene.AgentAs(other, scene.TunnelId, "intruder");
        using var lost = scene.AgentAs(other, TunnelId.New().Value, "lost");

        var unknown = await ReadDenialAsync(lost, CallRequests.Body('a'));

        unknown.ShouldStartWith("404 ");
        unknown.ShouldContain("request.not_found");
        (await ReadDenialAsync(intruder, CallRequests.Body('a'))).ShouldBe(unknown);
        (await ReadDenialAsync(intruder, CallRequests.Body('b'))).ShouldBe(unknown);
        (await scene.Api.GetOkAsync("/v1/approvals")).GetProperty("data").GetArrayLength().ShouldBe(1);
        (await scene.Api.GetOkAsync(approval)).Text("state").ShouldBe("approved");
        (await eve.GetOkAsync("/v1/approvals")).GetProperty("data").GetArrayLength().ShouldBe(0);
        (await eve.GetOkAsync("/v1/audit?limit=1000")).ToString().ShouldNotContain("tunnel_approval_");
        eve.Dispose();
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task ListAll_HasTheRequestsOfAllTunnels_AndFilters()
    {
        var tunnel = (await bench.Service.Api.PostOkAsync("/v1/tunnels")).Id();
        bench.Federation.Name(tunnel);
        var token = bench.AgentToken(tunnels: [tunnel]);
        var (_, other) = await bench.JoinAsync(token, tunnelId: tunnel);
        var first = (await AskAsync('a')).Id();
        var second = (await AskAsync('a', by: other)).Id();
        var third = (await AskAsync('b')).Id();
        await bench.Service.Api.PostOkAsync($"{Approvals}/{first}/reject");
        await bench.Service.Api.PostOkAsync($"{Approvals}/{third}/approve");

        (await IdsAsync(bench.Service.Api)).ShouldBe([third, second, first]);
        (await IdsAsync(bench.Service.Api, $"?tunnel_id={tunnel}")).ShouldBe([second]);
        (await IdsAsync(bench.Service.Api, "?state=pending")).ShouldBe([second]);
        (await IdsAsync(bench.Service.Api, "?state=approved,rejected")).ShouldBe([third, first]);
        (await IdsAsync(bench.Service.Api, $"?tunnel_id={bench.TunnelId}&state=rejected,used")).ShouldBe([first]);
        (await IdsAsync(bench.Service.Api, "?tunnel_id=tnl_01unknown")).ShouldBeEmpty();
        bench.Service.Time.Advance(TimeSpan.FromSeconds(CallRequests.ExpirySeconds));
        (await IdsAsync(bench.Service.Api, "?state=expired")).ShouldBe([third, second, first]);
        (await IdsAsync(bench.Service.Api, "?state=pending,approved,rejected,used")).ShouldBeEmpty();
        foreach (var state in new[] { "open", "pending,", "pending,open", "pending, used", "%" })
        {
            await bench
                .Service.Api.GetAsync($"/v1/approvals?state={Uri.EscapeDataString(state)}", Cancellation)
                .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        }
    }

    [Fact]
    public async Task ListAll_IsPagedFromTheNewest()
    {
        var first = (await AskAsync('a')).Id();
        var second = (await AskAsync('b')).Id();

        var page = await bench.Service.Api.GetOkAsync("/v1/approvals?limit=1");

        page.GetProperty("data")[0].Id().ShouldBe(second);
        (await IdsAsync(bench.Service.Api, $"?limit=1&page={page.Text("next_page")}")).ShouldBe([first]);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task ListAll_OfAnotherWorkspace_HasNone()
    {
        await AskAsync('a');
        using var mine = bench.Service.Client(bench.AgentToken(scope: Scopes.ManageTunnels));
        using var other = bench.Service.Client(bench.AgentToken(workspace: "other", scope: Scopes.ManageTunnels));

        (await IdsAsync(mine)).Length.ShouldBe(1);
        (await IdsAsync(other)).ShouldBeEmpty();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task<JsonElement> AskAsync(int number, HttpClient? by = null) =>
        (by ?? agent).AskAsync(CallRequests.Body(number));

    private static async Task<string[]> IdsAsync(HttpClient client, string query = "") =>
        [
            .. (await client.GetOkAsync($"/v1/approvals{query}"))
                .GetProperty("data")
                .EnumerateArray()
                .Select(one => one.Id()),
        ];

    /// <summary>An answer but for what differs each time: the request id and the time.</summary>
    private static async Task<string> ReadDenialAsync(HttpClient client, string body)
    {
        using var answer = await client.PostAsync(CallRequests.Path, body);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        var headers = answer
            .Headers.Concat(answer.Content.Headers)
            .Where(header => !Differing.Contains(header.Key, StringComparer.OrdinalIgnoreCase));
        var error = JsonNode.Parse(text)!.AsObject();
        error.Remove("request_id").ShouldBeTrue(text);
        var shown = headers
            .Select(header => $"{header.Key}: {string.Join(',', header.Value)}")
            .Order(StringComparer.Ordinal);
        return $"{(int)answer.StatusCode} {error.ToJsonString()} {string.Join("; ", shown)}";
    }
}
