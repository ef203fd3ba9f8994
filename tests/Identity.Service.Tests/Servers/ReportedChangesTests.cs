using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tunnels.Inventory;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Servers;

/// <summary>Webhooks receive which definitions drift and which policies change, once for all agents of a tunnel.</summary>
public sealed class ReportedChangesTests : IAsyncLifetime
{
    private InventoryScene scene = null!;
    private string hook = "";

    public async ValueTask InitializeAsync()
    {
        scene = await InventoryScene.StartAsync();
        hook = (await scene.Api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.test/x"}""")).Id();
    }

    public async ValueTask DisposeAsync() => await scene.DisposeAsync();

    [Fact]
    public async Task Drift_IsToldOfOnce_ByTheFirstAgentThatFindsIt()
    {
        var second = await scene.AddAgentAsync("two");
        await SendAsync(scene.Agent, Route());
        (await CountAsync("tool.drift")).ShouldBe(0);

        await SendAsync(scene.Agent, Route(Drift("get")));
        await SendAsync(scene.Agent, Route(Drift("get")));
        await SendAsync(second, Route(Drift("get")));
        (await CountAsync("tool.drift")).ShouldBe(1);

        await SendAsync(second, Route(Drift("get"), Drift("put")));
        (await CountAsync("tool.drift")).ShouldBe(2);
        await SendAsync(second, Route(Drift("get", "risk_up,description"), Drift("put")));
        (await CountAsync("tool.drift")).ShouldBe(3);
        await SendAsync(second, Route(Drift("get", observed: "cc"), Drift("put")));
        (await CountAsync("tool.drift")).ShouldBe(4);
    }

    [Fact]
    public async Task Drift_ThatWasGone_IsToldOfAgain()
    {
        foreach (var report in (string[])[Route(Drift("get")), Route(), Route(Drift("get"))])
        {
            await SendAsync(scene.Agent, report);
        }

        (await CountAsync("tool.drift")).ShouldBe(2);
    }

    [Fact]
    public async Task Drift_Message_SaysWhatAndWhere_AndCountsTheRest()
    {
        await SendAsync(scene.Agent, Route([.. Enumerable.Range(0, 60).Select(i => Drift($"t{i}"))]));

        var body = (await ListBodiesAsync("tool.drift")).Single();

        body.Text("tunnel_id").ShouldBe(scene.TunnelId);
        body.Text("instance_id").ShouldBe("one");
        body.GetProperty("drifts").GetArrayLength().ShouldBe(50);
        body.GetProperty("more").GetInt32().ShouldBe(10);
        body.GetProperty("drifts")[0]
            .GetRawText()
            .ShouldBe(
                """{"route":"docs","kind":"tool","name":"t0","classes":"description","action":"block","since":"2020-01-01T00:00:00Z"}"""
            );
    }

    [Fact]
    public async Task Policy_OfARouteThatIsNew_HasNotChanged()
    {
        var second = await scene.AddAgentAsync("two");
        await SendAsync(scene.Agent, Route());
        await SendAsync(scene.Agent, Policy("aa"));
        await SendAsync(scene.Agent, Policy("aa"));
        await SendAsync(second, Policy("aa"));
        (await CountAsync("policy.changed")).ShouldBe(0);

        await SendAsync(scene.Agent, Policy("bb"));
        await SendAsync(second, Policy("bb"));
        (await CountAsync("policy.changed")).ShouldBe(1);

        await SendAsync(second, Policy("off"));
        (await CountAsync("policy.changed")).ShouldBe(2);
        (await ListBodiesAsync("policy.changed"))
            .Select(body => body.GetProperty("routes")[0].GetRawText())
            .ShouldBe(
                [
                    """{"route":"docs","policy":"bb","before":"aa"}""",
                    """{"route":"docs","policy":"off","before":"bb"}""",
                ],
                ignoreOrder: true
            );
    }

    // Errors of a server are withheld, and are not unfit.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task UnfitAnswers_AreOneMessageAnHourWithTheirNumber()
    {
        await scene.ReportAsync(InventoryScene.UseJudged("get", "docs", 0, 0, withheld: 5));
        (await CountAsync("answer.unfit")).ShouldBe(0);

        var report = await scene.ReportAsync(
            InventoryScene.UseJudged("get", "docs", 0, 0, withheld: 2, unfit: 2),
            InventoryScene.UseJudged("put", "docs", 0, 0, withheld: 1, unfit: 1),
            InventoryScene.UseJudged("get", "wiki", 0, 0, withheld: 1, unfit: 1)
        );
        await SendAsync(scene.Agent, report); // its answer was lost
        var body = (await ListBodiesAsync("answer.unfit")).Single();
        body.Text("tunnel_id").ShouldBe(scene.TunnelId);
        body.Text("instance_id").ShouldBe("one");
        body.GetProperty("more").GetInt32().ShouldBe(0);
        body.GetProperty("routes")
            .GetRawText()
            .ShouldBe("""[{"route":"docs","answers":3,"since":null},{"route":"wiki","answers":1,"since":null}]""");

        scene.Service.Time.Advance(TimeSpan.FromMinutes(59));
        await scene.ReportAsync(InventoryScene.UseJudged("get", "docs", 0, 0, withheld: 4, unfit: 4));
        (await CountAsync("answer.unfit")).ShouldBe(1);

        scene.Service.Time.Advance(TimeSpan.FromMinutes(1));
        await scene.ReportAsync(InventoryScene.UseJudged("get", "docs", 0, 0, withheld: 1, unfit: 1));
        var second = (await ListBodiesAsync("answer.unfit")).Single(one => one.GetRawText() != body.GetRawText());
        second.GetProperty("routes")[0].GetProperty("answers").GetInt64().ShouldBe(5);
        second.GetProperty("routes")[0].GetProperty("since").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task Drifts_TooManyOrTooLong_AreRefused()
    {
        var (status, problem) = await TrySendAsync(
            scene.Agent,
            Route([.. Enumerable.Range(0, 257).Select(i => Drift($"t{i}"))])
        );

        status.ShouldBe(HttpStatusCode.BadRequest);
        problem.ShouldContain("routes.drifts: at most 256");
        (await TrySendAsync(scene.Agent, Route(Drift(new string('x', 513))))).Status.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (await TrySendAsync(scene.Agent, Route("null"))).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static string Drift(string name, string classes = "description", string observed = "ab") =>
        $$"""
            {"kind":"tool","name":"{{name}}","classes":"{{classes}}","action":"block","observed":"{{observed}}",
             "since":"2020-01-01T00:00:00Z"}
            """;

    private static string Route(params string[] drifts) =>
        InventoryScene.WriteReport(
            "null",
            $$"""
            {"name":"docs","hostname":"docs.d.test","upstream_healthy":true,"detail":"",
             "drifts":{{(drifts.Length == 0 ? "null" : $"[{string.Join(',', drifts)}]")}}}
            """
        );

    [Fact]
    public async Task RefusedPolicy_IsToldOfOnce()
    {
        var second = await scene.AddAgentAsync("two");
        await SendAsync(scene.Agent, Refused("null", ""));
        (await CountAsync("policy.refused")).ShouldBe(0);

        await SendAsync(scene.Agent, Refused("\"pol_1\"", "line 2: no"));
        await SendAsync(scene.Agent, Refused("\"pol_1\"", "line 2: no"));
        await SendAsync(second, Refused("\"pol_1\"", "line 2: no"));

        var body = (await ListBodiesAsync("policy.refused")).Single();
        body.GetProperty("routes")[0]
            .GetRawText()
            .ShouldBe("""{"route":"docs","policy_id":"pol_1","problem":"line 2: no"}""");
    }

    private static string Refused(string id, string problem) =>
        InventoryScene.WriteReport(
            "null",
            $$"""
            {"name":"docs","hostname":"docs.d.test","upstream_healthy":true,"detail":"",
             "service_policy":{"in_force":"pol_0","refused":{{id}},"problem":"{{problem}}" } }
            """
        );

    private static string Policy(string version) =>
        InventoryScene.WriteReport(
            "null",
            $$"""{"name":"docs","hostname":"docs.d.test","upstream_healthy":true,"detail":"","policy":"{{version}}"}"""
        );

    private static async Task SendAsync(HttpClient agent, string report) =>
        (await TrySendAsync(agent, report)).ShouldBe((HttpStatusCode.NoContent, ""));

    private static async Task<(HttpStatusCode Status, string Body)> TrySendAsync(HttpClient agent, string report)
    {
        using var answer = await agent.PostAsync("/v1/agent/reports", report);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task<int> CountAsync(string type) =>
        (await scene.ListAsync($"/v1/webhooks/{hook}/deliveries")).Count(message => message.Text("event") == type);

    private async Task<IReadOnlyList<JsonElement>> ListBodiesAsync(string type)
    {
        var sent = await scene
            .Service.Get<Database>()
            .QueryAsync<byte[]>(
                "SELECT body FROM webhook_deliveries WHERE event = @type",
                new { type },
                TestContext.Current.CancellationToken
            );
        return [.. sent.Select(body => JsonElement.Parse(body).GetProperty("data"))];
    }
}
