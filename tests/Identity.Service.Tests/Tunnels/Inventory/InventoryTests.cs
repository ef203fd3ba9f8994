using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels.Inventory;

/// <summary>What agents count becomes one list per tunnel.</summary>
public sealed class InventoryTests
{
    private const string Report = """
        {"revision":1,"epochs":{"platform":1,"trust_bundle":0},"serials":{"platform":"a1one","server":null},
         "version":"0.1.0","routes":[],"usage":USAGE}
        """;

    private readonly ScriptedPeers peers = new();
    private readonly ScriptedEnrollments enrollments = new();

    [Fact]
    public async Task Report_CountsOfAgents_AreAddedUpOnce()
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var (one, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());

        var first = Usage("a", 1, Use("get", 3, "2020-01-01T00:00:05Z", "alice"));
        (await SendAsync(one, first)).ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(one, first)).ShouldBe(HttpStatusCode.NoContent); // its answer was lost
        await SendAsync(one, Usage("a", 2, Use("get", 2, "2020-01-01T00:00:01Z", "bob")));
        await SendAsync(one, Usage("b", 1, Use("get", 1, "2020-01-01T00:00:03Z", "carol")));

        var entry = (await ListAsync(service, tunnel)).GetProperty("data").EnumerateArray().Single();
        entry.GetProperty("allowed").GetInt64().ShouldBe(6);
        entry.GetProperty("denied").GetInt64().ShouldBe(0);
        entry.Text("last_called_at").ShouldStartWith("2020-01-01T00:00:05");
        entry.Text("last_subject").ShouldBe("alice");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task List_Pages_AreTheNewestFirstAndOfOneRoute()
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        await SendAsync(
            agent,
            Usage(
                "a",
                1,
                Use("one", 1, "2020-01-01T00:00:00Z", "alice"),
                Use("two", 1, "2020-01-01T00:00:00Z", "alice"),
                Use("three", 1, "2020-01-01T00:00:00Z", "alice", route: "wiki")
            )
        );

        var page = await ListAsync(service, tunnel, "?limit=2");
        var rest = await ListAsync(service, tunnel, $"?limit=2&page={page.Text("next_page")}");
        var wiki = await ListAsync(service, tunnel, "?route=wiki");

        Names(page).ShouldBe(["three", "two"]);
        Names(rest).ShouldBe(["one"]);
        rest.GetProperty("next_page").ValueKind.ShouldBe(JsonValueKind.Null);
        Names(wiki).ShouldBe(["three"]);
    }

    [Theory]
    [InlineData("\"kind\":\"tool\"", "\"kind\":\"thing\"")]
    [InlineData("\"allow\":1", "\"allow\":-1")]
    [InlineData("\"allow\":1", "\"allow\":9000000000")]
    [InlineData("\"allow\":1", "\"maybe\":1")]
    [InlineData("\"name\":\"get\"", "\"name\":\"\"")]
    [InlineData("\"sequence\":1", "\"sequence\":0")]
    [InlineData("\"run\":\"a\"", "\"run\":\"\"")]
    [InlineData("\"judged\":5", "\"judged\":0")]
    [InlineData("\"judged\":5", "\"judged\":9000000000")]
    [InlineData("\"unfit\":0", "\"unfit\":-1")]
    [InlineData("\"unfit\":0", "\"unfit\":2")]
    [InlineData("\"rows_crossed\":1", "\"rows_crossed\":-1")]
    [InlineData("\"rows_kept_inside\":2", "\"rows_kept_inside\":9000000000000")]
    [InlineData("\"values_removed\":7", "\"values_removed\":-1")]
    public async Task Report_CountsThatCannotBe_AreRefused(string good, string bad)
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        var usage = Usage(
            "a",
            1,
            Use("get", 1, "2020-01-01T00:00:00Z", "alice"),
            InventoryScene.UseJudged("put", "docs", rows: 1, removed: 2, withheld: 1)
        );

        (await SendAsync(agent, usage.Replace(good, bad, StringComparison.Ordinal))).ShouldBe(
            HttpStatusCode.BadRequest
        );
        Names(await ListAsync(service, tunnel)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(2, 2)]
    public async Task Add_NamesBeyondTheLimit_AreLeftOut(int limit, int kept)
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        TunnelId.TryParse(tunnel.Id(), out var id).ShouldBeTrue();
        var store = service.Services.GetRequiredService<InventoryStore>();
        var usage = new AgentReportUsage(
            Run: "a",
            Sequence: 1,
            Entries: [.. new[] { "one", "two", "three", "one" }.Select(UseOf)]
        );

        await service
            .Services.GetRequiredService<IJournal>()
            .CommitAsync(
                new Decision { Statements = store.Add(id, "i", usage, DateTimeOffset.UnixEpoch, limit) },
                TestContext.Current.CancellationToken
            );

        Names(await ListAsync(service, tunnel)).Length.ShouldBe(kept);
    }

    [Fact]
    public async Task List_TunnelOfAnotherOrganization_IsNotFound()
    {
        await using var service = await StartAsync();

        (await service.Api.GetAsync("/v1/tunnels/tnl_01aaaaaaaaaaaaaaaaaaaaaa/inventory")).StatusCode.ShouldBe(
            HttpStatusCode.NotFound
        );
    }

    private static AgentReportUse UseOf(string name) =>
        new(
            Route: "docs",
            Kind: "tool",
            Name: name,
            Decisions: new Dictionary<string, long> { ["allow"] = 1 },
            LastSeenAt: DateTime.UnixEpoch,
            LastCalledAt: null,
            LastCaller: null
        );

    private static string Usage(string run, int sequence, params string[] entries) =>
        $$"""{"run":"{{run}}","sequence":{{sequence}},"entries":[{{string.Join(',', entries)}}]}""";

    private static string Use(string name, int allowed, string at, string who, string route = "docs") =>
        $$$"""{"route":"{{{route}}}","kind":"tool","name":"{{{name}}}","decisions":{"allow":{{{allowed}}}},"last_seen_at":"{{{at}}}","last_called_at":"{{{at}}}","last_caller":{"issuer":"https://login.test","subject":"{{{who}}}","client_id":"c"}}""";

    private static async Task<HttpStatusCode> SendAsync(HttpClient agent, string usage) =>
        (
            await agent.PostAsync("/v1/agent/reports", Report.Replace("USAGE", usage, StringComparison.Ordinal))
        ).StatusCode;

    private static Task<JsonElement> ListAsync(ServiceUnderTest service, JsonElement tunnel, string query = "") =>
        service.Api.GetOkAsync($"/v1/tunnels/{tunnel.Id()}/inventory{query}");

    private static string[] Names(JsonElement list) =>
        [.. list.GetProperty("data").EnumerateArray().Select(e => e.Text("name"))];

    private Task<ServiceUnderTest> StartAsync() =>
        ServiceUnderTest.StartAsync(services =>
            services
                .AddSingleton<IMachinePeerVerifier>(peers)
                .AddSingleton<IAgentEnrollments>(enrollments)
                .AddSingleton<IRevokedMachines>(enrollments)
        );
}
