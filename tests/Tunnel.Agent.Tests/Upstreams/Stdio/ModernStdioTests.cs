using System.Net;
using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Stdio;

/// <summary>Clients of the revision without sessions.</summary>
public sealed class ModernStdioTests : StdioUpstreamTest
{
    [Fact]
    public async Task Modern_NeedsNoSession()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        var pid = await fixture.ModernToolAsync("pid");

        (await fixture.ModernToolAsync("pid")).ShouldBe(pid);
        fixture.Upstream.Children.ShouldBe(1);
        fixture.Upstream.Sessions.ShouldBe(0);
    }

    [Fact]
    public async Task Modern_UnknownMethod_Is404WithTheProgramsOwnBody()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        using var response = await fixture.SendModernAsync(fixture.ModernRequest("no/such"), "no/such");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!;
        body["error"]!["code"]!.GetValue<int>().ShouldBe(-32601);
        StdioFixture.Reason(response).ShouldBeNull();
    }

    [Theory]
    [InlineData("2026-07-28", "tools/list", "echo")]
    [InlineData("2026-07-28", "tools/call", "other")]
    [InlineData("2026-07-28", "tools/call", null)]
    [InlineData("2026-07-28", null, "echo")]
    [InlineData("2027-01-01", "tools/call", "echo")]
    [InlineData(null, "tools/call", "echo")]
    public async Task Modern_HeadersThatDifferFromTheBody_Are400(string? version, string? method, string? name)
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        using var response = await fixture.SendAsync(
            fixture.ModernCall("echo"),
            change: r =>
            {
                r.Headers.TryAddWithoutValidation("MCP-Protocol-Version", version is null ? [] : [version]);
                r.Headers.TryAddWithoutValidation("Mcp-Method", method is null ? [] : [method]);
                r.Headers.TryAddWithoutValidation("Mcp-Name", name is null ? [] : [name]);
            }
        );

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        StdioFixture.Reason(response).ShouldBe("agent.headers_contradict");
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!;
        body["error"]!["code"]!.GetValue<int>().ShouldBe(-32020);
        body["id"].ShouldNotBeNull();
        fixture.Tunnel.Metrics.Recent.Calls.Select(c => c.Reason).ShouldBe(["agent.headers_contradict"]);
        fixture.Upstream.Children.ShouldBe(0);
    }

    [Theory] // M2, in the order in which the protocol's own server looks
    [InlineData("2026-07-28", null, -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", "[]", -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", """{"C":{}}""", -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", """{"V":1,"C":{}}""", -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", """{"V":"2026-07-28"}""", -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", """{"V":"2026-07-28","C":[]}""", -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", """{"V":"2026-07-28","C":{},"I":"me"}""", -32602, "agent.envelope_invalid")]
    [InlineData("2025-11-25", """{"V":"v999.0.0"}""", -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", """{"V":"v999.0.0","C":{}}""", -32020, "agent.headers_contradict")]
    [InlineData("2025-11-25", """{"V":"2026-07-28","C":{}}""", -32020, "agent.headers_contradict")]
    [InlineData(null, """{"V":"v999.0.0","C":{}}""", -32020, "agent.headers_contradict")]
    [InlineData("v999.0.0", """{"V":"v999.0.0","C":{}}""", -32022, "agent.version_unsupported")]
    [InlineData("2027-01-01", """{"V":"2027-01-01","C":{}}""", -32022, "agent.version_unsupported")]
    [InlineData("2025-11-25", """{"V":"2025-11-25","C":{}}""", -32022, "agent.version_unsupported")]
    public async Task Modern_RequestThatDescribesItselfBadly_Is400(
        string? version,
        string? meta,
        int code,
        string reason
    )
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var parameters = meta is null
            ? "{}"
            : "{\"_meta\":"
                + meta.Replace("\"V\"", "\"io.modelcontextprotocol/protocolVersion\"", StringComparison.Ordinal)
                    .Replace("\"C\"", "\"io.modelcontextprotocol/clientCapabilities\"", StringComparison.Ordinal)
                    .Replace("\"I\"", "\"io.modelcontextprotocol/clientInfo\"", StringComparison.Ordinal)
                + "}";

        using var response = await fixture.SendAsync(
            fixture.Request("server/discover", parameters),
            change: r =>
            {
                r.Headers.TryAddWithoutValidation("MCP-Protocol-Version", version is null ? [] : [version]);
                r.Headers.Add("Mcp-Method", "server/discover");
            }
        );

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        StdioFixture.Reason(response).ShouldBe(reason);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!;
        body["error"]!["code"]!.GetValue<int>().ShouldBe(code);
        body["id"]!.GetValue<int>().ShouldBe(1);
        if (code == -32022)
        {
            body["error"]!["data"]!["supported"]!.ToJsonString().ShouldBe("""["2026-07-28"]""");
            body["error"]!["data"]!["requested"]!.GetValue<string>().ShouldBe(version);
        }
    }

    [Fact]
    public async Task Modern_Initialize_IsAMethodThatTheServerDoesNotKnow()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        using var described = await fixture.SendModernAsync(fixture.ModernRequest("initialize"), "initialize");
        using var handshake = await fixture.SendModernAsync(fixture.Request("initialize"), "initialize");

        described.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        StdioFixture.Reason(handshake).ShouldBe("agent.headers_contradict");
    }

    [Fact] // what a client of both eras needs in order to begin with initialize
    public async Task Modern_ProgramOfTheOlderEra_RefusesAllButItsOwnAnswerToDiscover()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings("legacy"));

        using var discover = await fixture.SendModernAsync(fixture.ModernRequest("server/discover"), "server/discover");
        using var list = await fixture.SendModernAsync(fixture.ModernRequest("tools/list"), "tools/list");

        discover.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        StdioFixture.Reason(discover).ShouldBeNull();
        list.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = JsonNode.Parse(await list.Content.ReadAsStringAsync(Token))!["error"]!;
        error["code"]!.GetValue<int>().ShouldBe(-32022);
        error["data"]!["supported"]!.ToJsonString().ShouldBe("""["2025-11-25"]""");
        fixture.Upstream.Children.ShouldBe(1);
        await fixture.InitializeAsync();
    }

    [Fact] // a program sees no header: it would take it for an older client's
    public async Task Modern_NotificationWithoutVersion_IsAcceptedAndReachesNoProgram()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        using var response = await fixture.SendModernAsync(
            """{"jsonrpc":"2.0","method":"notifications/mine"}""",
            "notifications/mine"
        );

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        fixture.Upstream.Children.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Modern_ManyClientsWithEqualIdsAndTokens_ShareAProgramAndGetTheirOwn(bool isShared)
    {
        await using var fixture = await StdioFixture.StartAsync(isShared ? Shared : StdioFixture.Settings());

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 50),
            Token,
            async (i, token) =>
            {
                var tool = i % 2 == 0 ? "echo" : "progress";
                using var response = await fixture.SendModernAsync(
                    $$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{tool}}","arguments":{"text":"{{i}}"},"_meta":{ {{StdioFixture.ModernMeta}},"progressToken":1} } }""",
                    name: tool,
                    cancellationToken: token
                );
                var messages = await StdioFixture.MessagesAsync(response);
                StdioFixture.TextOf(messages).ShouldBe(tool == "echo" ? $"{i}" : "done");
                messages
                    .SkipLast(1)
                    .Select(m => m["params"]!["progressToken"]!.GetValue<int>())
                    .ShouldBe(tool == "echo" ? [] : [1, 1, 1]);
            }
        );

        fixture.Upstream.Children.ShouldBe(1);
    }

    [Fact]
    public async Task Modern_IdleProgram_EndsAndTheNextRequestStartsAnother()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings(), time: time);
        var pid = await fixture.ModernToolAsync("pid");

        await Eventually.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(1));
                return fixture.Upstream.Children == 0;
            },
            Token
        );

        (await fixture.ModernToolAsync("pid")).ShouldNotBe(pid);
    }

    [Theory] // M4: it belongs to the request's own stream, and does not name it
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task Modern_LogLine_GoesWithTheOnlyCallOfItsPrincipal(bool isShared, int lines)
    {
        await using var fixture = await StdioFixture.StartAsync(isShared ? Shared : StdioFixture.Settings());

        using var response = await fixture.SendModernAsync(fixture.ModernCall("log"), name: "log");

        var messages = await StdioFixture.MessagesAsync(response);
        messages.Count(m => m["method"]?.GetValue<string>() == "notifications/message").ShouldBe(lines);
        StdioFixture.TextOf(messages).ShouldBe("logged");
    }

    [Fact]
    public async Task Modern_ProgramNeverSpeaks_TimesOut()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings("silent"), time: time);
        var call = fixture.SendModernAsync(fixture.ModernCall("pid"), name: "pid");
        await Eventually.UntilAsync(() => fixture.Upstream.Children == 1, Token);
        await Eventually.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(1));
                return call.IsCompleted;
            },
            Token
        );

        using var response = await call;

        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        StdioFixture.Reason(response).ShouldBe("upstream.headers_timeout");
    }

    [Fact]
    public async Task Modern_ClientLeaves_CancelsAndTheLateAnswerIsNobodys()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = fixture.SendModernAsync(fixture.ModernCall("hold"), name: "hold", cancellationToken: leaving.Token);
        await Eventually.UntilAsync(async () => await fixture.ModernToolAsync("held") == "[\"\"]", Token);

        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);

        await Eventually.UntilAsync(async () => await fixture.ModernToolAsync("cancelled") != "[]", Token);
        (await fixture.ModernToolAsync("release")).ShouldBe("released");
        (await fixture.ModernToolAsync("echo", """{"text":"next"}""")).ShouldBe("next");
    }

    [Fact]
    public async Task Modern_Subscription_EndsWhenTheServerSaysSo()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        const string Listen =
            $$"""{"jsonrpc":"2.0","id":"sub","method":"subscriptions/listen","params":{"_meta":{ {{StdioFixture.ModernMeta}} },"notifications":{} } }""";
        using var stream = await fixture.SendModernAsync(Listen, "subscriptions/listen");
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(Token));
        var acknowledged = await ReadEventAsync(reader);
        acknowledged["params"]!["_meta"]!["io.modelcontextprotocol/subscriptionId"]!.GetValue<string>().ShouldBe("sub");

        await fixture.ModernToolAsync("hush");

        (await reader.ReadToEndAsync(Token)).Trim().ShouldBe("");
    }

    [Fact]
    public async Task P8_ModernPrincipals_HaveAProgramEach()
    {
        await using var oauth = new OauthFixture();
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings(), oauth.Access());

        foreach (var subject in new[] { "alice", "bob", "alice" })
        {
            using var response = await fixture.SendAsync(
                fixture.ModernCall("pid"),
                token: oauth.Token(c => c["sub"] = subject),
                change: r =>
                {
                    r.Headers.Add("MCP-Protocol-Version", StdioFixture.Modern);
                    r.Headers.Add("Mcp-Method", "tools/call");
                    r.Headers.Add("Mcp-Name", "pid");
                }
            );
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        fixture.Upstream.Children.ShouldBe(2);
    }
}
