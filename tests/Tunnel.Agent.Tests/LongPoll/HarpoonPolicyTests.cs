using System.Text;
using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>Calls of the channel <c>harpoon</c> pass the policy, the record and the limits of their route.</summary>
public sealed class HarpoonPolicyTests
{
    private const string Get = """{"label":"tickets","method":"GET"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory] // one rule for both ways: it names the argument as the agent does
    [InlineData("{at: /name, enum: [tickets]}", "tickets", true)]
    [InlineData("{at: /name, enum: [tickets]}", "payments", false)]
    [InlineData("{at: /name, enum: [tickets], optional: true}", "payments", false)] // the other name evades nothing
    [InlineData("{at: /label, forbidden: true}", "tickets", true)]
    public async Task Policy_OnTheArgument_HoldsForBothWays(string constraint, string label, bool isAllowed)
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        var trail = new KeptTrail();
        await using var scene = await HarpoonScene.StartAsync(
            [HarpoonScene.Target(server.Port), HarpoonScene.Target(server.Port, "payments", "/pay")],
            policy: Policies.Route(
                PolicyFile.Settings($"{{name: a, effect: allow, tools: [call_target], arguments: [{constraint}]}}")
            ),
            trail: trail
        );

        var answer = await scene.SendAsync(
            HarpoonScene.Use("call_target", $$"""{"label":"{{label}}","method":"GET"}""")
        );
        var own = await PostAsync(scene, HarpoonScene.Use("call_target", $$"""{"name":"{{label}}"}"""));

        answer.Code.ShouldBe(200);
        foreach (var text in new[] { answer.Json!, own })
        {
            var error = JsonNode.Parse(text)!["error"];
            ((string?)error?["data"]!["error_code"]).ShouldBe(isAllowed ? null : "policy.arguments");
            ((int?)error?["code"]).ShouldBe(isAllowed ? null : -32602);
        }

        await Eventually.UntilAsync(() => trail.Records.Count == 2, Token);
        var records = trail.Records.Cast<CallRecord>().ToList();
        records.ShouldAllBe(r => r.Decision == (isAllowed ? "allow" : "deny") && r.Name == "call_target");
        records.Select(r => r.Argument).Distinct().ShouldBe([isAllowed ? "" : "/name"]);
        if (isAllowed)
        {
            await server.NextAsync();
            await server.NextAsync();
        }
        else
        {
            server.Connections.ShouldBe(0);
        }
    }

    [Fact]
    public async Task Policy_HidesAndDeniesTools()
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        var trail = new KeptTrail();
        await using var scene = await HarpoonScene.StartAsync(
            [HarpoonScene.Target(server.Port) with { Tags = ["token-endpoint"] }],
            policy: Policies.Route(Policies.Settings(Policies.Allow("readers", "list_targets"))),
            trail: trail
        );

        var listed = await scene.SendAsync(HarpoonScene.Message("tools/list", "{}"));
        var called = await scene.SendAsync(HarpoonScene.Use("call_target", Get));
        var audience = await scene.SendAsync(HarpoonScene.Use("get_oauth_target_audience", """{"label":"tickets"}"""));

        JsonNode.Parse(listed.Json!)!["result"]!["tools"]!
            .AsArray()
            .Select(t => t!["name"]!.GetValue<string>())
            .ShouldBe(["list_targets"]);
        called.Json!.ShouldContain("Unknown tool: call_target");
        audience.Json!.ShouldContain("Unknown tool: get_oauth_target_audience");
        audience.Json!.ShouldNotContain("http://127.0.0.1");
        server.Connections.ShouldBe(0);
        await Eventually.UntilAsync(() => trail.Records.Count == 3, Token);
        trail
            .Records.Cast<CallRecord>()
            .Select(r => r.Decision)
            .Order(StringComparer.Ordinal)
            .ShouldBe(["allow", "deny", "deny"]);
    }

    [Fact] // a route without tokens, for the provider alone
    public async Task Policy_OnTheSource_KeepsOtherWaysOut()
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        await using var scene = await HarpoonScene.StartAsync(
            [HarpoonScene.Target(server.Port)],
            policy: Policies.Route(
                PolicyFile.Settings("{name: a, effect: allow, source: [\"100::/64\"], tools: [call_target]}")
            )
        );

        var own = await PostAsync(scene, HarpoonScene.Use("call_target", """{"name":"tickets"}"""));
        var called = await scene.CallAsync(Get);

        own.ShouldContain("Unknown tool: call_target");
        HarpoonScene.BodyOf(called).ShouldBe("pong");
        await server.NextAsync();
        server.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task Record_NamesTheCommand_AndKeepsNoValue()
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        var trail = new KeptTrail();
        await using var scene = await HarpoonScene.StartAsync(
            [HarpoonScene.Target(server.Port)],
            policy: Policies.Route(Policies.Settings(Policies.Allow("a", "*"))),
            trail: trail
        );

        var answer = await scene.SendAsync(HarpoonScene.Use("call_target", Get));

        await Eventually.UntilAsync(() => trail.Records.Count == 1, Token);
        var record = trail.Records.Single().ShouldBeOfType<CallRecord>();
        record.Route.ShouldBe("callouts");
        record.Host.ShouldBe(HarpoonScene.Host);
        record.Name.ShouldBe("call_target");
        record.Decision.ShouldBe("allow");
        record.Rule.ShouldBe("a");
        record.Connection.ShouldBe($"{ControlPlaneDouble.TunnelId}/{answer.RequestId}");
    }

    [Fact]
    public async Task OauthRoute_WithoutAToken_IsRefused_AndServedWithOne()
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        await using var oauth = new OauthFixture();
        await using var scene = await HarpoonScene.StartAsync(
            [HarpoonScene.Target(server.Port)],
            access: oauth.Access(route: "callouts")
        );

        var refused = await scene.SendAsync(HarpoonScene.Use("call_target", Get));
        var served = await scene.SendAsync(
            HarpoonScene.Use("call_target", Get),
            c =>
                c["headers"]!["Authorization"] = new JsonArray(
                    $"Bearer {oauth.Token(resource: $"https://{HarpoonScene.Host}/mcp")}"
                )
        );

        refused.Code.ShouldBe(401);
        refused.Header("WWW-Authenticate").ShouldNotBeNull().ShouldContain(HarpoonScene.Host);
        HarpoonScene.BodyOf(HarpoonScene.Read(served)).ShouldBe("pong");
        (await server.NextAsync()).Header("Authorization").ShouldBeEmpty(); // A16
    }

    [Fact]
    public async Task Limits_OfTheRoute_HoldForTheTunnelAsOneClient()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = HarpoonScene.Silent(asked);
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(server.Port)], maxCalls: 1);
        scene.Enqueue(HarpoonScene.Use("call_target", Get));
        await asked.Task.WaitAsync(Token);

        var busy = await scene.SendAsync(HarpoonScene.Use("call_target", Get));
        scene.Time.Advance(TimeSpan.FromSeconds(30));
        var late = await scene.Plane.NextAnswerAsync();

        busy.RequestId.ShouldBe("req-2");
        busy.Code.ShouldBe(503);
        busy.Json!.ShouldContain("\"error_code\":\"upstream.busy\"");
        HarpoonScene.Read(late)["error_code"]!.GetValue<string>().ShouldBe("callout.timeout");
    }

    private static async Task<string> PostAsync(HarpoonScene scene, string message)
    {
        using var client = scene.Scene.Tunnel.Client(HarpoonScene.Host);
        using var content = new StringContent(message, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/mcp", UriKind.Relative), content, Token);
        return await response.Content.ReadAsStringAsync(Token);
    }
}
