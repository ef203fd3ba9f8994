using System.Net;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Platform.Wire;
using Shouldly;
using static Culvert.Identity.Service.Tests.Tunnels.Inventory.InventoryScene;

namespace Culvert.Identity.Service.Tests.Tunnels.Inventory;

/// <summary>Who called what, added up over reports.</summary>
public sealed class CallersTests : IAsyncLifetime
{
    private InventoryScene scene = null!;

    public async ValueTask InitializeAsync() => scene = await StartAsync();

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task Report_SentTwice_CountsItsCallersOnce()
    {
        var report = await scene.ReportAsync(Use("get", "docs", Caller("alice", calls: 3, denied: 1, second: 5)));
        (await SendAsync(scene.Agent, report)).ShouldBe(HttpStatusCode.NoContent); // its answer was lost
        await scene.ReportAsync(Use("put", "docs", Caller("alice", calls: 2, second: 1)));

        var alice = (await scene.ListAsync("/v1/inventory/callers")).ShouldHaveSingleItem();

        alice.Text("subject").ShouldBe("alice");
        alice.GetProperty("names").GetInt64().ShouldBe(2);
        alice.GetProperty("calls").GetInt64().ShouldBe(5);
        alice.GetProperty("denied").GetInt64().ShouldBe(1);
        alice.Text("first_called_at").ShouldStartWith("2020-01-01T00:00:01");
        alice.Text("last_called_at").ShouldStartWith("2020-01-01T00:00:05");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task List_Filters_ShowTheirPart()
    {
        await scene.ReportAsync(
            Use("get", "docs", Caller("alice"), Caller("bob")),
            Use("find", "wiki", Caller("bob")),
            Use("draw", "maps")
        );

        (await NamesAsync("")).ShouldBe(["draw", "find", "get"]);
        (await NamesAsync("?caller=bob")).ShouldBe(["find", "get"]);
        (await NamesAsync("?caller=bob&route=wiki")).ShouldBe(["find"]);
        (await NamesAsync($"?tunnel_id={scene.TunnelId}&kind=tool")).Length.ShouldBe(3);
        (await NamesAsync("?kind=prompt")).ShouldBeEmpty();
        (await NamesAsync("?tunnel_id=tnl_01aaaaaaaaaaaaaaaaaaaaaa")).ShouldBeEmpty();
        (await scene.ListAsync("/v1/inventory/callers?caller=bob"))
            .Select(c => c.Text("route"))
            .ShouldBe(["wiki", "docs"]);
    }

    [Theory]
    [InlineData("/v1/inventory?kind=thing")]
    [InlineData("/v1/inventory?unsanctioned=yes")]
    [InlineData("/v1/inventory/routes?open=1")]
    [InlineData("/v1/inventory/routes/export?format=xml")]
    public async Task List_FilterThatCannotBe_IsRefused(string path) =>
        await scene.Api.GetAsync(path).ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Fact]
    public async Task List_Pages_HoldEachCallerOnce()
    {
        await scene.ReportAsync(Use("get", "docs", Caller("alice"), Caller("bob"), Caller("carol")));
        await scene.ReportAsync(Use("put", "docs", Caller("alice"), Caller("bob")));

        var page = await scene.Api.GetOkAsync("/v1/inventory/callers?limit=2");
        var rest = await scene.Api.GetOkAsync($"/v1/inventory/callers?limit=2&page={page.Text("next_page")}");

        page.GetProperty("data").EnumerateArray().Select(c => c.Text("subject")).ShouldBe(["carol", "bob"]);
        rest.GetProperty("data").EnumerateArray().Select(c => c.Text("subject")).ShouldBe(["alice"]);
    }

    [Fact]
    public async Task List_CallerWithoutAName_IsListed()
    {
        await scene.ReportAsync(
            Use("get", "docs", Caller("").Replace("https://login.test", "").Replace("\"c\"", "\"\""))
        );

        var caller = (await scene.ListAsync("/v1/inventory/callers")).ShouldHaveSingleItem();

        caller.GetProperty("subject").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        caller.GetProperty("calls").GetInt64().ShouldBe(1);
    }

    [Theory]
    [InlineData("\"calls\":1", "\"calls\":-1")]
    [InlineData("\"calls\":1", "\"calls\":9000000000")]
    [InlineData("\"denied\":0", "\"denied\":2")]
    [InlineData("\"subject\":\"alice\"", "\"subject\":\"a\\nb\"")]
    [InlineData("\"client_id\":\"c\"", "\"client\":\"c\"")]
    public async Task Report_CallerThatCannotBe_IsRefused(string good, string bad)
    {
        var usage = $$"""{"run":"a","sequence":1,"entries":[{{Use("get", "docs", Caller("alice"))}}]}""";

        (await SendAsync(scene.Agent, WriteReport(usage.Replace(good, bad, StringComparison.Ordinal)))).ShouldBe(
            HttpStatusCode.BadRequest
        );
    }

    [Theory]
    [InlineData(AgentReportUseCaller.MaxTextLength, HttpStatusCode.NoContent)]
    [InlineData(AgentReportUseCaller.MaxTextLength + 1, HttpStatusCode.BadRequest)]
    public async Task Report_LongName_IsTakenToTheLimit(int length, HttpStatusCode status)
    {
        var usage =
            $$"""{"run":"a","sequence":1,"entries":[{{Use("get", "docs", Caller(new string('a', length)))}}]}""";

        (await SendAsync(scene.Agent, WriteReport(usage))).ShouldBe(status);
    }

    [Theory]
    [InlineData(AgentReportUseCaller.MaxPerReport, HttpStatusCode.NoContent)]
    [InlineData(AgentReportUseCaller.MaxPerReport + 1, HttpStatusCode.BadRequest)]
    public async Task Report_ManyCallers_AreTakenToTheLimit(int count, HttpStatusCode status)
    {
        var callers = Enumerable.Range(0, count).Select(i => Caller($"s{i}")).ToArray();
        var usage = $$"""{"run":"a","sequence":1,"entries":[{{Use("get", "docs", callers)}}]}""";

        (await SendAsync(scene.Agent, WriteReport(usage))).ShouldBe(status);
    }

    [Fact]
    public async Task Add_BeyondTheLimit_LeavesNewOnesOutAndCountsKnownOnes()
    {
        TunnelId.TryParse(scene.TunnelId, out var id).ShouldBeTrue();
        var store = scene.Service.Get<CallerStore>();

        await AddAsync(store, id, 1, "alice", "bob", "carol");
        await AddAsync(store, id, 2, "alice", "dave");

        (await scene.ListAsync("/v1/inventory/callers"))
            .Select(c => (c.Text("subject"), c.GetProperty("calls").GetInt64()))
            .ShouldBe([("bob", 1), ("alice", 2)]);
        var dave = new RouteCaller("docs", "https://login.test", "dave", "c");
        (await store.ListNewAsync(id, [dave], limit: 2, TestContext.Current.CancellationToken)).ShouldBeEmpty();
        (await store.ListNewAsync(id, [dave], limit: 3, TestContext.Current.CancellationToken)).ShouldBe([dave]);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Lists_OfAnotherOrganization_HoldNothingOfThis()
    {
        await scene.ReportAsync(Use("get", "docs", Caller("alice")));
        using var stranger = await scene.AddOrganizationAsync();
        var (othersTunnel, othersAgent) = await scene.AddTunnelAsync(stranger);
        await scene.ReportAsync(othersAgent, Use("theirs", "docs", Caller("mallory")));

        foreach (var path in (string[])["/v1/inventory", "/v1/inventory/routes", "/v1/inventory/callers"])
        {
            (await ListAsync(stranger, path)).Select(one => one.Text("tunnel_id")).ShouldBe([othersTunnel], path);
            (await scene.ListAsync(path)).Select(one => one.Text("tunnel_id")).ShouldBe([scene.TunnelId], path);
            (await ListAsync(stranger, $"{path}?tunnel_id={scene.TunnelId}")).ShouldBeEmpty(path);
        }

        (await ListAsync(stranger, "/v1/inventory?caller=alice")).ShouldBeEmpty();
        (await stranger.GetStringAsync("/v1/inventory/routes/export?format=csv")).ShouldNotContain(scene.TunnelId);
        var route = $"/v1/tunnels/{scene.TunnelId}/routes/docs";
        await stranger
            .PostAsync(route, """{"owner":"Eve"}""")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await stranger
            .PostAsync($"{route}/attest", "{}")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    private async Task<string[]> NamesAsync(string query) =>
        [.. (await scene.ListAsync($"/v1/inventory{query}")).Select(name => name.Text("name"))];

    private async Task AddAsync(CallerStore store, TunnelId id, int sequence, params string[] subjects)
    {
        var usage = new AgentReportUsage(
            Run: "a",
            Sequence: sequence,
            Entries:
            [
                new AgentReportUse(
                    Route: "docs",
                    Kind: "tool",
                    Name: "get",
                    Decisions: new Dictionary<string, long>(),
                    LastSeenAt: DateTime.UnixEpoch,
                    LastCalledAt: null,
                    LastCaller: null,
                    Callers:
                    [
                        .. subjects.Select(subject => new AgentReportUseCaller(
                            Issuer: "https://login.test",
                            Subject: subject,
                            ClientId: "c",
                            Calls: 1,
                            Denied: 0,
                            LastCalledAt: DateTime.UnixEpoch
                        )),
                    ]
                ),
            ]
        );
        var result = await scene
            .Service.Get<IJournal>()
            .CommitAsync(
                new Decision { Statements = [.. store.Add(id, "i", usage, DateTimeOffset.UnixEpoch, limit: 2)] },
                TestContext.Current.CancellationToken
            );
        result.IsCommitted.ShouldBeTrue();
    }
}
