using System.Net;
using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Stdio;

/// <summary>Programs that fail, hang, flood or must be stopped.</summary>
public sealed class StdioProgramTests : StdioUpstreamTest
{
    [Theory]
    [InlineData("die", "upstream.child_exited")]
    [InlineData("half", "upstream.child_exited")]
    [InlineData("huge", "upstream.child_overrun")]
    [InlineData("noise", "upstream.child_bad_output")]
    public async Task Child_FailsMidCall_FailsThatCallAndItsSessionAlone(string tool, string reason)
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var (session, other) = (await fixture.InitializeAsync(), await fixture.InitializeAsync());

        using var response = await fixture.SendAsync(fixture.Call(tool), session);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        response.Headers.GetValues("culvert-failed-hop").ShouldBe(["upstream"]);
        StdioFixture.Reason(response).ShouldBe(reason);
        using var after = await fixture.SendAsync(fixture.Call("pid"), session);
        StdioFixture.Reason(after).ShouldBe("agent.session_unknown");
        (await fixture.ToolAsync(other, "echo", """{"text":"fine"}""")).ShouldBe("fine");
    }

    [Fact]
    public async Task Child_FailsBehindAnEvent_EndsTheStreamWithTheReason()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();
        using var response = await fixture.SendAsync(fixture.Call("ask"), session);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        await ReadEventAsync(reader);

        using var killing = await fixture.SendAsync(fixture.Call("die"), session);

        var error = (await ReadEventAsync(reader))["error"]!;
        error["data"]!["error_code"]!.GetValue<string>().ShouldBe("upstream.child_exited");
        error["data"]!["failed_hop"]!.GetValue<string>().ShouldBe("upstream");
    }

    [Fact]
    public async Task Child_WritesGarbage_IsReadPastIt()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();

        (await fixture.ToolAsync(session, "garbage")).ShouldBe("after the garbage");
    }

    [Fact]
    public async Task Child_Floods_NothingIsLostForItsOwnClient()
    {
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings() with
            {
                MaxMessageBytes = 64 << 10,
            }
        );
        var session = await fixture.InitializeAsync();

        using var response = await fixture.SendAsync(fixture.Call("flood", meta: """{"progressToken":7}"""), session);

        var messages = await StdioFixture.MessagesAsync(response);
        messages.Count.ShouldBe(2001);
        messages[1999]["params"]!["progress"]!.GetValue<int>().ShouldBe(1999);
        StdioFixture.TextOf(messages).ShouldBe("dry");
    }

    [Fact]
    public async Task Shared_ProgramDies_IsStartedAgainAfterTheBackoff()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(Shared, time: time);
        var session = await fixture.InitializeAsync();
        using var dying = await fixture.SendAsync(fixture.Call("die"), session);
        StdioFixture.Reason(dying).ShouldBe("upstream.child_exited");

        using var early = await fixture.SendAsync(fixture.Call("pid"), session);
        early.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        StdioFixture.Reason(early).ShouldBe("upstream.child_restarting");
        time.Advance(TimeSpan.FromSeconds(1));

        (await fixture.ToolAsync(session, "echo", """{"text":"again"}""")).ShouldBe("again");
    }

    [Fact]
    public async Task Shared_NeverRestarted_StaysFailed()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(Shared with { RestartsOnFailure = false }, time: time);
        var session = await fixture.InitializeAsync();
        using var dying = await fixture.SendAsync(fixture.Call("die"), session);
        time.Advance(TimeSpan.FromMinutes(5));

        using var response = await fixture.SendAsync(fixture.Call("pid"), session);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        StdioFixture.Reason(response).ShouldBe("upstream.child_failed");
    }

    [Theory]
    [InlineData("crash", 502, "upstream.child_exited")]
    [InlineData("", 502, "upstream.child_not_started")]
    public async Task Child_CannotStart_IsSaid(string mode, int status, string reason)
    {
        var settings = StdioFixture.Settings("crash");
        await using var fixture = await StdioFixture.StartAsync(
            mode.Length > 0 ? settings : settings with { Command = ["no-such-program"] }
        );

        using var response = await fixture.SendAsync(fixture.Request("initialize"));

        ((int)response.StatusCode).ShouldBe(status);
        StdioFixture.Reason(response).ShouldBe(reason);
        response.Headers.Contains("Mcp-Session-Id").ShouldBeFalse();
        fixture.Upstream.Sessions.ShouldBe(0);
    }

    [Fact]
    public async Task Child_EndsAtItsStart_IsNotStartedAgainAtOnce()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings("crash"), time: time);
        using var first = await fixture.SendAsync(fixture.Request("initialize"));

        using var early = await fixture.SendAsync(fixture.Request("initialize"));
        time.Advance(TimeSpan.FromSeconds(1));
        using var later = await fixture.SendAsync(fixture.Request("initialize"));

        StdioFixture.Reason(early).ShouldBe("upstream.child_restarting");
        StdioFixture.Reason(later).ShouldBe("upstream.child_exited");
    }

    [Fact]
    public async Task Child_NeverAnswers_TimesOutAndOthersGoOn()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings(), time: time);
        var session = await fixture.InitializeAsync();
        var call = fixture.SendAsync(fixture.Call("hold"), session);
        await Eventually.UntilAsync(async () => await fixture.ToolAsync(session, "held") == "[\"\"]", Token);

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
        (await fixture.ToolAsync(session, "release")).ShouldBe("released");
        (await fixture.ToolAsync(session, "cancelled")).ShouldNotBe("[]");
    }

    [Fact]
    public async Task Child_SilentForLong_TurnsTheAnswerIntoAnEventStream()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings() with
            {
                SseKeepAlive = TimeSpan.FromSeconds(25),
            },
            time: time
        );
        var session = await fixture.InitializeAsync();
        var call = fixture.SendAsync(fixture.Call("hold"), session);
        await Eventually.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(200));
                return call.IsCompleted;
            },
            Token
        );
        using var response = await call;
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");

        await fixture.ToolAsync(session, "release");

        var body = await response.Content.ReadAsStringAsync(Token);
        body.ShouldStartWith("id: 1-0\ndata:\n\n: keep-alive\n\n");
        body.ShouldContain("\"late\"");
    }

    [Fact]
    public async Task Child_DoesNotRead_IsRefusedNotWaitedFor()
    {
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings() with
            {
                MaxMessageBytes = 256 << 10,
            }
        );
        var session = await fixture.InitializeAsync();
        await fixture.ToolAsync(session, "deaf");
        var big = new string('x', 200 << 10);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var calls = Enumerable
            .Range(0, 20)
            .Select(_ =>
                fixture.SendAsync(
                    fixture.Call("echo", $$"""{"text":"{{big}}"}"""),
                    session,
                    cancellationToken: stop.Token
                )
            )
            .ToList();

        var refused = await await Task.WhenAny(calls);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        StdioFixture.Reason(refused).ShouldBe("upstream.child_not_reading");
        await stop.CancelAsync();
        refused.Dispose();
    }

    [Fact]
    public async Task Child_SeesItsOwnEnvironmentAlone()
    {
        const string Secret = "CULVERT_TEST_STDIO_SECRET";
        Environment.SetEnvironmentVariable(Secret, "s3cret value");
        var loggers = new LogLines();
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings("$(id)", ";", "*") with
            {
                WorkingDirectory = "/tmp",
                Environment =
                [
                    new("API_KEY", StdioFixture.Value("env:" + Secret)),
                    new("PLAIN", StdioFixture.Value("$HOME")),
                ],
            },
            loggers: loggers
        );
        var session = await fixture.InitializeAsync();

        var environment = JsonNode.Parse(await fixture.ToolAsync(session, "env"))!.AsObject();
        var where = JsonNode.Parse(await fixture.ToolAsync(session, "where"))!;
        await fixture.ToolAsync(session, "leak");

        environment["API_KEY"]!.GetValue<string>().ShouldBe("s3cret value");
        environment["PLAIN"]!.GetValue<string>().ShouldBe("$HOME");
        environment.Select(e => e.Key).Order().ShouldBe(["API_KEY", "PATH", "PLAIN"]);
        where["folder"]!.GetValue<string>().ShouldBe("/tmp");
        where["argv"]!.AsArray().Select(a => a!.GetValue<string>()).ShouldBe(["$(id)", ";", "*"]);
        await Eventually.UntilAsync(() => loggers.Text.Contains("the key is ***", StringComparison.Ordinal), Token);
        loggers.Text.ShouldNotContain("s3cret value");
    }

    [Fact]
    public async Task Stop_StubbornProgramAndItsChildren_AreKilled()
    {
        var time = new FakeTimeProvider();
        var fixture = await StdioFixture.StartAsync(StdioFixture.Settings("stubborn"), time: time);
        var session = await fixture.InitializeAsync();
        var pids = new[] { await fixture.ToolAsync(session, "pid"), await fixture.ToolAsync(session, "family") }
            .Select(p => int.Parse(p, System.Globalization.CultureInfo.InvariantCulture))
            .ToList();
        pids.ShouldAllBe(p => StdioFixture.IsAlive(p));

        var ending = fixture.DisposeAsync().AsTask();
        await Eventually.UntilAsync(() => ending.IsCompleted, Token, () => time.Advance(TimeSpan.FromSeconds(1)));

        await ending;
        await Eventually.UntilAsync(() => !pids.Any(StdioFixture.IsAlive), Token);
    }
}
