using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Servers;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tunnels.Inventory;
using Shouldly;
using static Culvert.Identity.Service.Tests.Tunnels.Inventory.InventoryScene;

namespace Culvert.Identity.Service.Tests.Tunnels.Inventory;

/// <summary>Who answers for servers, what they have sanctioned, and who is notified.</summary>
public sealed class RoutesTests : IAsyncLifetime
{
    private InventoryScene scene = null!;

    public async ValueTask InitializeAsync() => scene = await StartAsync();

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    private string Docs => $"/v1/tunnels/{scene.TunnelId}/routes/docs";

    [Fact]
    public async Task List_ReportedRoute_AddsUpItsNamesAndCallers()
    {
        await scene.ReportAsync(
            Use("get", "docs", Caller("alice"), Caller("bob")),
            Use("put", "docs", Caller("alice")),
            Use("find", "wiki")
        );

        var docs = await scene.GetRouteAsync("docs");

        docs.GetProperty("owner").ValueKind.ShouldBe(JsonValueKind.Null);
        docs.GetProperty("names").GetInt64().ShouldBe(2);
        docs.GetProperty("unsanctioned_names").GetInt64().ShouldBe(2);
        docs.GetProperty("callers").GetInt64().ShouldBe(2);
        docs.GetProperty("calls").GetInt64().ShouldBe(3);
        docs.GetProperty("open").GetBoolean().ShouldBeTrue();
        docs.GetProperty("attested_at").ValueKind.ShouldBe(JsonValueKind.Null);
        docs.GetProperty("attestation_due_at")
            .GetDateTime()
            .ShouldBe(docs.GetProperty("first_seen_at").GetDateTime() + TimeSpan.FromDays(92));
        (await scene.ListAsync("/v1/inventory/routes")).Select(route => route.Text("route")).ShouldBe(["wiki", "docs"]);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task SetOwner_IsShownAndAuditedAndFiltersByIt()
    {
        await scene.ReportAsync(Use("get", "docs"), Use("find", "wiki"));

        var changed = await scene.Api.PostOkAsync(Docs, """{"owner":" Team Docs "}""");

        changed.Text("owner").ShouldBe("Team Docs");
        changed.Text("owner_changed_by").ShouldStartWith("key_");
        (await scene.ListAsync("/v1/inventory/routes?owner=Team%20Docs")).Single().Text("route").ShouldBe("docs");
        (await EventsAsync()).ShouldContain("tunnel_route_owner_changed");
        (await scene.Api.PostOkAsync(Docs, """{"owner":null}"""))
            .GetProperty("owner")
            .ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("docs", """{"owner":"a\tb"}""", HttpStatusCode.BadRequest, "request.invalid")]
    [InlineData("docs", "{}", HttpStatusCode.BadRequest, "request.invalid")]
    [InlineData("unknown", """{"owner":"x"}""", HttpStatusCode.NotFound, "request.not_found")]
    public async Task SetOwner_ThatCannotBe_IsRefused(string route, string body, HttpStatusCode status, string code)
    {
        await scene.ReportAsync(Use("get", "docs"));

        await scene.Api.PostAsync($"/v1/tunnels/{scene.TunnelId}/routes/{route}", body).ShouldRefuseAsync(status, code);
    }

    // The agent's clock says that the later name is older than the attestation.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Attest_SanctionsTheNamesOfThatMoment()
    {
        await scene.ReportAsync(Use("get", "docs"), Use("find", "wiki"));
        var attested = await scene.Api.PostOkAsync($"{Docs}/attest", """{"note":"reviewed","names":1}""");
        attested.GetProperty("open").GetBoolean().ShouldBeFalse();
        attested.GetProperty("unsanctioned_names").GetInt64().ShouldBe(0);
        attested.Text("note").ShouldBe("reviewed");
        attested.Text("attested_by").ShouldStartWith("key_");

        await scene.ReportAsync(Use("delete", "docs"));

        (await UnsanctionedAsync()).ShouldBe(["delete", "find"]);
        var docs = await scene.GetRouteAsync("docs");
        docs.GetProperty("unsanctioned_names").GetInt64().ShouldBe(1);
        docs.GetProperty("open").GetBoolean().ShouldBeTrue();
        await scene.Api.PostOkAsync($"{Docs}/attest");
        (await UnsanctionedAsync()).ShouldBe(["find"]);
        (await scene.ListAsync("/v1/inventory/routes?open=true")).Single().Text("route").ShouldBe("wiki");
        (await EventsAsync()).Count(name => name == "tunnel_route_attested").ShouldBe(2);
    }

    [Fact]
    public async Task Attest_OtherNamesThanWereSeen_IsRefused()
    {
        await scene.ReportAsync(Use("get", "docs"), Use("put", "docs"));

        await scene
            .Api.PostAsync($"{Docs}/attest", """{"names":1}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "route.names");

        (await scene.GetRouteAsync("docs")).GetProperty("attested_at").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Routes_OfAnArchivedTunnel_AreShownOnRequestAndDoNotChange()
    {
        await scene.ReportAsync(Use("get", "docs"));
        await scene.Api.PostOkAsync($"/v1/tunnels/{scene.TunnelId}/archive");

        (await scene.ListAsync("/v1/inventory/routes")).ShouldBeEmpty();
        (await scene.ListAsync("/v1/inventory/routes?include_archived=true")).Length.ShouldBe(1);
        await scene
            .Api.PostAsync($"{Docs}/attest", "{}")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.archived");
    }

    [Fact]
    public async Task Export_IsAllRowsAndNoFormula()
    {
        await scene.ReportAsync(Use("get", "docs", Caller("alice")), UseJudged("find", "wiki", 10, 20, withheld: 3));
        await scene.Api.PostOkAsync(Docs, """{"owner":"=1+1, \"Team\""}""");

        var lines = (await scene.Api.GetStringAsync("/v1/inventory/routes/export?format=csv")).Split("\r\n");

        lines[0].ShouldStartWith("tunnel_id,route,owner,names,unsanctioned_names,callers,calls,denied,");
        lines[0].ShouldEndWith(",answers_judged,rows_crossed,rows_kept_inside,values_removed,answers_withheld");
        lines[1].ShouldStartWith($"{scene.TunnelId},wiki,,1,1,0,");
        lines[1].ShouldEndWith(",5,10,20,7,3");
        lines[2].ShouldStartWith($"{scene.TunnelId},docs,\"'=1+1, \"\"Team\"\"\",1,1,1,1,0,");
        lines[2].ShouldEndWith(",0,0,0,0,0");
        lines.Length.ShouldBe(4);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Report_NewServersAndCallers_AreToldOfOnce()
    {
        var hook = await CreateWebhookAsync();
        var report = await scene.ReportAsync(Use("get", "docs", Caller("alice")));
        await SendAsync(scene.Agent, report);
        await scene.ReportAsync(Use("put", "docs", Caller("alice")));
        (await MessagesAsync(hook)).ShouldBe(["caller.new", "server.new"], ignoreOrder: true);

        await scene.ReportAsync(
            Use("find", "wiki", Caller("alice")),
            Use("get", "docs", Caller("bob"), Caller("(other)").Replace("https://login.test", "(other)"))
        );

        (await MessagesAsync(hook)).ShouldBe(
            ["caller.new", "caller.new", "server.new", "server.new"],
            ignoreOrder: true
        );
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Report_JudgedAnswers_AreAddedUpOnceByNameAndRoute()
    {
        var report = await scene.ReportAsync(UseJudged("get", "docs", 1000, 80_000), Use("put", "docs"));
        await SendAsync(scene.Agent, report); // its answer was lost
        await scene.ReportAsync(UseJudged("get", "docs", 204, 8310, withheld: 2), UseJudged("find", "docs", 1, 0));

        var names = await scene.ListAsync("/v1/inventory");
        Answers(names.Single(name => name.Text("name") == "get")).ShouldBe((10, 1204, 88_310, 14, 2));
        names.Single(name => name.Text("name") == "put").GetProperty("answers").ValueKind.ShouldBe(JsonValueKind.Null);
        Answers(await scene.GetRouteAsync("docs")).ShouldBe((15, 1205, 88_310, 21, 2));

        static (long, long, long, long, long) Answers(JsonElement item)
        {
            var answers = item.GetProperty("answers");
            return (
                Number("judged"),
                Number("rows_crossed"),
                Number("rows_kept_inside"),
                Number("values_removed"),
                Number("withheld")
            );

            long Number(string name) => answers.GetProperty(name).GetInt64();
        }
    }

    [Fact]
    public async Task Report_RoutesThatNobodyCalled_AreKnownToo()
    {
        var hook = await CreateWebhookAsync();
        var report = WriteReport(
            "null",
            """{"name":"docs","hostname":"docs.d.test","upstream_healthy":true,"detail":""}"""
        );

        await SendAsync(scene.Agent, report);
        await SendAsync(scene.Agent, report);

        (await scene.GetRouteAsync("docs")).GetProperty("names").GetInt64().ShouldBe(0);
        (await MessagesAsync(hook)).ShouldBe(["server.new"]);
    }

    // The service's own round may be the first that finds what is due.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Notices_DueAttestations_AreSentOnceForEachDueTime()
    {
        await CreateWebhookAsync();
        await scene.ReportAsync(Use("get", "docs"));
        (await CountNoticesAsync()).ShouldBe(0);

        scene.Service.Time.Advance(TimeSpan.FromDays(92));

        (await CountNoticesAsync()).ShouldBe(1);
        (await CountNoticesAsync()).ShouldBe(1);
        (await CountAsync("SELECT COUNT(*) FROM webhook_deliveries WHERE event = 'attestation.due'")).ShouldBe(1);
        await AttestAsync();
        (await CountNoticesAsync()).ShouldBe(1);
        scene.Service.Time.Advance(TimeSpan.FromDays(92));
        (await CountNoticesAsync()).ShouldBe(2);
    }

    private async Task<long> CountNoticesAsync()
    {
        await scene.Service.Get<AttestationNotices>().RunAsync(TestContext.Current.CancellationToken);
        return await CountAsync("SELECT COUNT(*) FROM journal WHERE event = 'tunnel_route_attestation_due'");
    }

    private async Task<long> CountAsync(string sql) =>
        await scene.Service.Get<Database>().ScalarAsync<long>(sql, TestContext.Current.CancellationToken);

    // The administrator's key has expired by then.
    private async Task AttestAsync()
    {
        var routes = scene.Service.Get<RouteStore>();
        var route = await routes.FindAsync(scene.TunnelId, "docs", TestContext.Current.CancellationToken);
        var attest = routes.Attest(route!, note: null, names: 1, "key_01", scene.Service.Time.GetUtcNow());
        await scene
            .Service.Get<IJournal>()
            .CommitAsync(new Decision { Statements = [attest] }, TestContext.Current.CancellationToken);
    }

    private async Task<string[]> UnsanctionedAsync() =>
        [.. (await scene.ListAsync("/v1/inventory?unsanctioned=true")).Select(name => name.Text("name"))];

    private async Task<string[]> EventsAsync() =>
        [.. (await scene.ListAsync("/v1/audit?limit=1000")).Select(entry => entry.Text("event"))];

    private async Task<string> CreateWebhookAsync() =>
        (await scene.Api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.test/x"}""")).Id();

    private async Task<string[]> MessagesAsync(string hook) =>
        [.. (await scene.ListAsync($"/v1/webhooks/{hook}/deliveries")).Select(message => message.Text("event"))];
}
