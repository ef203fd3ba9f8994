using System.Text;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;
using Culvert.Tunnel.Agent.Upstreams.Stdio;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Upstreams;

/// <summary>Ready means that a real call works, whichever era the server speaks.</summary>
public sealed class McpProbeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Http_ModernOnlyServer_IsHealthy()
    {
        await using var server = Answering(r =>
            Asks(r, "server/discover")
                ? Json(200, """{"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2026-07-28"]}}""")
                : Json(400, """{"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"no"}}""")
        );
        await using var upstream = Http(server);

        (await upstream.ProbeAsync(RouteTo(upstream), Token)).ShouldBe(
            new ProbeState(true, "") { KeepsSessions = false }
        );

        var request = await server.NextAsync();
        request.RequestLine.ShouldBe("POST /mcp HTTP/1.1");
        request.Header("MCP-Protocol-Version").ShouldBe(["2026-07-28"]);
        request.Header("Mcp-Method").ShouldBe(["server/discover"]);
    }

    [Fact]
    public async Task Http_LegacyOnlyServer_IsHealthyAndLeftWithoutASession()
    {
        await using var server = Answering(r =>
            Asks(r, "initialize") ? Events(200, """{"jsonrpc":"2.0","id":1,"result":{}}""", "Mcp-Session-Id: s-1\r\n")
            : Asks(r, "notifications/initialized") ? "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
            : Asks(r, "tools/list") ? Events(200, """{"jsonrpc":"2.0","id":2,"result":{"tools":[]}}""")
            : r.Head.StartsWith("DELETE", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            : Json(400, """{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"no session"}}""")
        );
        await using var upstream = Http(server);

        (await upstream.ProbeAsync(RouteTo(upstream), Token)).IsHealthy.ShouldBe(true);
        (await upstream.ProbeAsync(RouteTo(upstream), Token)).ShouldBe(
            new ProbeState(true, "") { KeepsSessions = true }
        );

        var asked = new List<string>();
        for (var i = 0; i < 9; i++)
        {
            var request = await server.NextAsync();
            asked.Add(
                request.Head.StartsWith("DELETE", StringComparison.Ordinal)
                    ? "DELETE " + request.Header("Mcp-Session-Id").Single()
                    : System.Text.Json.Nodes.JsonNode.Parse(request.Body)!["method"]!.GetValue<string>()
            );
        }

        // The second time it begins with the era that answered.
        string[] legacy = ["initialize", "notifications/initialized", "tools/list", "DELETE s-1"];
        asked.ShouldBe(["server/discover", .. legacy, .. legacy]);
    }

    [Theory] // as clients read it: HTML Standard §9.2.6, RFC 8259 §8.1, RFC 9110 §8.3.1
    [InlineData("application/json", "\uFEFF{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}")]
    [InlineData("Application/JSON; charset=utf8", "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":{}}")]
    [InlineData("text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":{}}\r\r")]
    [InlineData("text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\r\n\r\n")]
    [InlineData("text/event-stream", "\uFEFFdata: {\"jsonrpc\":\"2.0\",\ndata: \"id\":1,\"result\":{}}\n\n")]
    [InlineData("Text/Event-Stream;", ": hi\r\rdata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\r\r")]
    public async Task Http_AnswerInAnyForm_IsHealthy(string type, string body)
    {
        await using var server = Answering(_ => Write(type, body));
        await using var upstream = Http(server);

        (await upstream.ProbeAsync(RouteTo(upstream), Token)).ShouldBe(
            new ProbeState(true, "") { KeepsSessions = false }
        );
    }

    [Theory] // the event never ended, so it is none
    [InlineData("data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}")]
    [InlineData("data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n")]
    public async Task Http_StreamCutWithinAnEvent_IsIllAndSaysSo(string body)
    {
        await using var server = Answering(_ => Write("text/event-stream", body));
        await using var upstream = Http(server);

        var state = await upstream.ProbeAsync(RouteTo(upstream), Token);

        state.IsHealthy.ShouldBe(false);
        state.Detail.ShouldEndWith("with 200, and its stream ends in the middle of an event.");
    }

    [Fact] // behind a balancer another node would not know the session
    public async Task Http_Session_StaysAtTheNodeOfItsCookie()
    {
        await using var server = Answering(r =>
            Asks(r, "initialize")
                ? Events(
                    200,
                    """{"jsonrpc":"2.0","id":1,"result":{}}""",
                    "Mcp-Session-Id: s-1\r\nSet-Cookie: node=7; Path=/\r\n"
                )
            : Asks(r, "notifications/initialized") ? "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
            : Asks(r, "tools/list") ? Events(200, """{"jsonrpc":"2.0","id":2,"result":{"tools":[]}}""")
            : r.Head.StartsWith("DELETE", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            : Json(400, """{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"no session"}}""")
        );
        await using var upstream = Http(server);
        for (var i = 0; i < 2; i++)
        {
            (await upstream.ProbeAsync(RouteTo(upstream), Token)).IsHealthy.ShouldBe(true);
        }

        var cookies = new List<string>();
        for (var i = 0; i < 9; i++)
        {
            cookies.Add(string.Join(';', (await server.NextAsync()).Header("Cookie")));
        }

        // server/discover once; then each session again.
        cookies.ShouldBe(["", "", "node=7", "node=7", "node=7", "", "node=7", "node=7", "node=7"]);
    }

    [Fact]
    public async Task Http_LegacyServerWithoutSessions_IsKnownToKeepNone()
    {
        await using var server = Answering(r =>
            Asks(r, "initialize") ? Json(200, """{"jsonrpc":"2.0","id":1,"result":{}}""")
            : Asks(r, "notifications/initialized") ? "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
            : Asks(r, "tools/list") ? Json(200, """{"jsonrpc":"2.0","id":2,"result":{"tools":[]}}""")
            : Json(400, """{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"no"}}""")
        );
        await using var upstream = Http(server);

        (await upstream.ProbeAsync(RouteTo(upstream), Token)).ShouldBe(
            new ProbeState(true, "") { KeepsSessions = false }
        );
    }

    [Theory]
    [InlineData(401, true)]
    [InlineData(403, true)]
    [InlineData(404, false)]
    [InlineData(500, false)]
    [InlineData(200, false)] // a page, not MCP
    public async Task Http_StatusAlone_CountsIfItAsksForACredential(int status, bool healthy)
    {
        await using var server = Answering(_ => $"HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nhi");
        await using var upstream = Http(server);

        var state = await upstream.ProbeAsync(RouteTo(upstream), Token);

        state.IsHealthy.ShouldBe(healthy);
        state.KeepsSessions.ShouldBeNull();
        state.Detail.ShouldContain($" with {status}");
    }

    [Fact]
    public async Task Http_Probe_CarriesTheRoutesOwnCredentialAndHeaders()
    {
        const string Variable = "CULVERT_TEST_PROBE_SECRET";
        Environment.SetEnvironmentVariable(Variable, "Bearer the-agents-own");
        SecretReference.TryParse("env:" + Variable, "/", out var reference).ShouldBeTrue();
        await using var server = Answering(_ => Json(200, """{"jsonrpc":"2.0","id":1,"result":{}}"""));
        await using var upstream = Http(
            server,
            s => s with { Headers = [new("X-Tenant", SettingValue.Parse("acme", "/"))] }
        );
        var access = new RouteAccess(
            new OauthSettings { Mode = OauthMode.DangerousNone },
            [],
            new StaticCredential("Authorization", reference!),
            TimeProvider.System
        );

        await upstream.ProbeAsync(new Route("docs", upstream, [], access), Token);

        var request = await server.NextAsync();
        request.Header("Authorization").ShouldBe(["Bearer the-agents-own"]);
        request.Header("X-Tenant").ShouldBe(["acme"]);
    }

    [Fact]
    public async Task Http_NobodyListens_IsIllWithTheReason()
    {
        await using var upstream = new HttpUpstream(
            Mcp(1),
            new UpstreamConnector(Mcp(1), TimeProvider.System),
            Support.Tunnel.NewForwarder()
        );

        var state = await upstream.ProbeAsync(RouteTo(upstream), Token);

        state.IsHealthy.ShouldBe(false);
        state.Detail.ShouldContain("127.0.0.1:1");
    }

    [Fact] // the interval may be long: a real call is expensive
    public async Task Probe_ServerGoesAway_IsNoticedWithinFiveSecondsOfALongInterval()
    {
        var time = new FakeTimeProvider();
        var server = Answering(_ => Json(200, """{"jsonrpc":"2.0","id":1,"result":{}}"""));
        await using var upstream = Http(server);
        var probe = new UpstreamProbe(RouteTo(upstream), time, NullLogger<UpstreamProbe>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var changes = new SemaphoreSlim(0);
        var running = probe.RunAsync(() => changes.Release(), stop.Token);
        await changes.WaitAsync(Token);
        probe.State.IsHealthy.ShouldBe(true);

        await server.DisposeAsync();
        time.Advance(TimeSpan.FromSeconds(5));
        await changes.WaitAsync(Token);

        probe.State.IsHealthy.ShouldBe(false);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Probe_FollowsTheServerBothWays()
    {
        var time = new FakeTimeProvider();
        var isUp = true;
        await using var server = Answering(_ =>
            Volatile.Read(ref isUp) ? Json(200, """{"jsonrpc":"2.0","id":1,"result":{}}""") : Json(500, "{}")
        );
        await using var upstream = Http(
            server,
            s => s with { Probe = s.Probe with { Timeout = TimeSpan.FromDays(1) } }
        );
        var probe = new UpstreamProbe(RouteTo(upstream), time, NullLogger<UpstreamProbe>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var changes = new SemaphoreSlim(0);
        var running = probe.RunAsync(() => changes.Release(), stop.Token);

        foreach (var expected in new[] { true, false, true, false, true })
        {
            Volatile.Write(ref isUp, expected);
            await Eventually.UntilAsync(() => changes.Wait(0), Token, () => time.Advance(TimeSpan.FromSeconds(1)));

            probe.State.IsHealthy.ShouldBe(expected);
        }

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stdio_RunningProgram_IsHealthyAndTakesNoCallersPlace(bool isShared)
    {
        await using var upstream = Stdio(
            StdioFixture.Settings() with
            {
                MaxChildren = 1,
                Sharing = isShared ? ChildSharing.Shared : ChildSharing.Session,
            }
        );

        (await upstream.ProbeAsync(RouteTo(upstream), Token)).ShouldBe(new ProbeState(true, ""));
        (await upstream.ProbeAsync(RouteTo(upstream), Token)).ShouldBe(new ProbeState(true, ""));

        upstream.Children.ShouldBe(isShared ? 1 : 0);
    }

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task Probe_ThatThrows_IsAFailedProbe(Exception exception)
    {
        await using var upstream = new FailingUpstream(exception);
        var probe = new UpstreamProbe(RouteTo(upstream), new FakeTimeProvider(), NullLogger<UpstreamProbe>.Instance);

        (await probe.ProbeAsync(Token)).ShouldBeTrue();

        probe.State.IsHealthy.ShouldBe(false);
        probe.State.Detail.ShouldContain(exception.GetType().Name);
    }

    public static TheoryData<Exception> Exceptions =>
        [
            new InvalidOperationException(),
            new InsufficientMemoryException(),
            new System.Text.Json.JsonException(),
            new IOException(),
            new ObjectDisposedException("a"),
            new HttpRequestException(),
        ];

    [Fact]
    public async Task Stdio_ProgramThatCannotRun_IsIll()
    {
        await using var upstream = Stdio(StdioFixture.Settings("crash"));

        var state = await upstream.ProbeAsync(RouteTo(upstream), Token);

        state.IsHealthy.ShouldBe(false);
        state.Detail.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Stdio_ProgramThatNeverAnswers_IsIllAfterTheTimeout()
    {
        var time = new FakeTimeProvider();
        await using var upstream = Stdio(
            StdioFixture.Settings("silent") with
            {
                Probe = new ProbeSettings(ProbeKind.Mcp, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5)),
            },
            time
        );
        var probe = new UpstreamProbe(RouteTo(upstream), time, NullLogger<UpstreamProbe>.Instance);

        var probing = probe.ProbeAsync(Token);
        await Eventually.UntilAsync(() => probing.IsCompleted, Token, () => time.Advance(TimeSpan.FromSeconds(1)));
        (await probing).ShouldBeTrue();

        probe.State.IsHealthy.ShouldBe(false);
    }

    private static StdioUpstream Stdio(StdioSettings settings, TimeProvider? time = null) =>
        new(settings, new AgentMetrics(), time ?? TimeProvider.System, NullLogger.Instance);

    private static Route RouteTo(Upstream upstream) =>
        new("docs", upstream, [], RouteAccess.Open(OauthMode.DangerousNone));

    private static HttpUpstreamSettings Mcp(int port) =>
        Support.Tunnel.UpstreamTo(port) with
        {
            Probe = new ProbeSettings(ProbeKind.Mcp, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)),
        };

    private static HttpUpstream Http(
        RawUpstream server,
        Func<HttpUpstreamSettings, HttpUpstreamSettings>? change = null
    )
    {
        var settings = Mcp(server.Port);
        settings = change?.Invoke(settings) ?? settings;
        return new HttpUpstream(
            settings,
            new UpstreamConnector(settings, TimeProvider.System),
            Support.Tunnel.NewForwarder()
        );
    }

    private static RawUpstream Answering(Func<RecordedRequest, string> answer) =>
        RawUpstream.Scripted(
            async (request, stream, token) =>
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer(request)), token);
                return true;
            }
        );

    private static bool Asks(RecordedRequest request, string method) =>
        request.BodyText.Contains($"\"method\":\"{method}\"", StringComparison.Ordinal);

    private static string Write(string type, string body)
    {
        body = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(body)); // a byte is a character there
        return $"HTTP/1.1 200 X\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }

    private static string Json(int status, string body) =>
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static string Events(int status, string body, string headers = "")
    {
        var text = $"event: message\ndata: {body}\n\n";
        return $"HTTP/1.1 {status} X\r\nContent-Type: text/event-stream\r\n{headers}Content-Length: {text.Length}\r\n\r\n{text}";
    }

    private sealed class FailingUpstream(Exception exception) : Upstream
    {
        public override UpstreamSettings Settings { get; } = Mcp(1);

        public override Task ServeAsync(Exchange exchange, Route route, string host) => Task.CompletedTask;

        public override Task<ProbeState> ProbeAsync(Route route, CancellationToken cancellationToken) =>
            throw exception;

        protected override ValueTask EndAsync() => ValueTask.CompletedTask;
    }
}
