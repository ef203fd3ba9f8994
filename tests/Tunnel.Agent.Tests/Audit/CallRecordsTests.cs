using System.Net;
using System.Text.Json;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;
using static Culvert.Tunnel.Agent.Tests.Policy.Policies;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Audit;

/// <summary>What calls through a real tunnel leave behind.</summary>
public sealed class CallRecordsTests : IDisposable
{
    private const string Canary = "canary-7f3a-6";
    private const string Ok =
        """{"jsonrpc":"2.0","id":1,"result":{"content":[{"text":"canary-7f3a-6"}],"isError":true}}""";

    private readonly AuditScene scene = new();

    [Fact]
    public async Task Call_HasItsFields_AndNoSecret()
    {
        await using var fixture = await StartAsync(Settings(Allow("readers", "get_*")), Json(Ok), scene.Trail);

        var (answer, _) = await fixture.PostAsync(
            Call("get_x", "\"77\"", $$"""{"q":"{{Canary}}","n":5}"""),
            change: r => r.Headers.Add("Mcp-Session-Id", fixture.SessionOf("session-" + Canary))
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var record = await NextAsync();
        Text(record, "route").ShouldBe("docs");
        Text(record, "host").ShouldBe(Support.Tunnel.Host);
        Text(record, "method").ShouldBe("tools/call");
        Text(record, "kind").ShouldBe("tool");
        Text(record, "name").ShouldBe("get_x");
        Text(record, "id").ShouldBe("77");
        Text(record, "era").ShouldBe("legacy");
        Text(record, "mode").ShouldBe("enforce");
        Text(record, "decision").ShouldBe("allow");
        Text(record, "rule").ShouldBe("readers");
        Text(record, "auth").ShouldBe("bearer");
        Text(record, "credential").ShouldBe("none");
        Text(record, "end").ShouldBe("completed");
        Text(record, "session").ShouldBe(scene.HashOf("session-" + Canary));
        Text(record, "arguments_hash").ShouldBe(scene.HashOf($$"""{"q":"{{Canary}}","n":5}"""));
        Text(record, "upstream").ShouldContain("127.0.0.1");
        Text(record.GetProperty("principal"), "sub").ShouldBe("alice");
        record.GetProperty("arguments").GetRawText().ShouldBe("""{"q":"string:13","n":"number"}""");
        record.GetProperty("status").GetInt32().ShouldBe(200);
        record.GetProperty("is_error").GetBoolean().ShouldBeTrue();
        record.GetProperty("response_bytes").GetInt64().ShouldBe(Ok.Length);
        scene.Text.ShouldNotContain(Canary);
        scene.Text.ShouldNotContain(fixture.Token().Split('.')[0]); // what every token of the fixture begins with
        scene.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_UnderRecordedShapes_HasTheShapeOfItsAnswerAndNoValue()
    {
        using var recording = new AuditScene(new AuditSettings { RecordsAnswerShapes = true });
        const string Body =
            """{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"{\"q\":\"canary-7f3a-6\"}"}]}}""";
        await using var fixture = await StartAsync(Settings(Allow("a", "get")), Json(Body), recording.Trail);

        var (_, body) = await fixture.PostAsync(Call("get"));

        body.ShouldBe(Body);
        await Eventually.UntilAsync(
            () => recording.Trail.WriteQueued() && recording.Lines.Length > 0,
            TestContext.Current.CancellationToken
        );
        JsonElement
            .Parse(recording.Lines[0])
            .GetProperty("answer_shape")
            .GetRawText()
            .ShouldBe("""{"from":"text","":{"object":1},"/q":{"string":1,"bytes":13}}""");
        recording.Text.ShouldNotContain(Canary);
        recording.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("delete", "deny", "default", "refused", 200)]
    [InlineData("no_x", "deny", "rule", "refused", 200)]
    public async Task Denial_IsRecordedWithItsRule(string tool, string decision, string reason, string end, int status)
    {
        await using var fixture = await StartAsync(
            Settings(Allow("a", "get"), Deny("never", "no_*")),
            Json(Ok),
            scene.Trail
        );

        await fixture.PostAsync(Call(tool));

        var record = await NextAsync();
        Text(record, "decision").ShouldBe(decision);
        Text(record, "reason").ShouldBe(reason);
        Text(record, "rule").ShouldBe(reason == "rule" ? "never" : "");
        Text(record, "end").ShouldBe(end);
        record.GetProperty("status").GetInt32().ShouldBe(status);
    }

    [Fact]
    public async Task Refusal_IsRecordedWithItsCode()
    {
        await using var fixture = await StartAsync(Settings(), Json(Ok), scene.Trail);

        await fixture.PostAsync("[]");

        var record = await NextAsync();
        Text(record, "decision").ShouldBe("refuse");
        Text(record, "reason").ShouldBe("policy.message_batch");
        Text(record, "failure").ShouldBe("policy.message_batch");
        record.GetProperty("status").GetInt32().ShouldBe(400);
    }

    [Fact]
    public async Task Observe_RecordsWhatItWouldHaveDone()
    {
        const string Tools = """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a"},{"name":"b"}]}}""";
        await using var fixture = await StartAsync(
            Settings(Allow("a", "a")) with
            {
                Mode = PolicyMode.Observe,
            },
            Json(Tools),
            scene.Trail
        );

        await fixture.PostAsync(Call("delete"));
        Text(await NextAsync(1), "decision").ShouldBe("would_deny");
        await fixture.PostAsync("[]");
        Text(await NextAsync(2), "decision").ShouldBe("would_refuse");
        await fixture.PostAsync(Request("tools/list"));
        (await NextAsync(3)).GetProperty("hidden").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task FullTrail_RefusesTheCallBeforeTheUpstreamSeesIt()
    {
        await using var fixture = await StartAsync(Settings(Allow("a", "get")), Json(Ok), scene.Trail);
        scene.FreeBytes = 0;
        scene.Time.Advance(TimeSpan.FromSeconds(1));
        scene.Trail.WriteQueued().ShouldBeFalse();

        var (answer, body) = await fixture.PostAsync(Call("get"));

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.audit_unavailable"]);
        body.ShouldContain("-32603");
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task LostUpstream_IsRecordedWithItsHop()
    {
        var upstream = RawUpstream.Scripted((_, _, _) => Task.FromResult(false));
        await using var fixture = await PolicyFixture.StartAsync(
            Settings(Allow("a", "get")),
            upstream,
            trail: scene.Trail
        );

        await fixture.PostAsync(Call("get"));

        var record = await NextAsync();
        Text(record, "failure").ShouldBe("upstream.closed");
        record.GetProperty("status").GetInt32().ShouldBe(502);
    }

    public void Dispose() => scene.Dispose();

    // A record follows its answer, not the other way round.
    private async Task<JsonElement> NextAsync(int number = 1)
    {
        await Eventually.UntilAsync(
            () =>
            {
                scene.Trail.WriteQueued().ShouldBeTrue();
                return scene.Lines.Length >= number;
            },
            TestContext.Current.CancellationToken
        );
        return JsonDocument.Parse(scene.Lines[number - 1]).RootElement;
    }

    private static string Text(JsonElement record, string name) =>
        record.TryGetProperty(name, out var value) ? value.GetString()! : "";
}
