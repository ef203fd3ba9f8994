using System.Text;
using Culvert.Platform.Telemetry;
using Culvert.Testing;
using Culvert.Testing.Spans;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams.Callouts;

namespace Culvert.Tunnel.Agent.Tests.Requests;

/// <summary>Each request that the agent answers itself is counted once, whichever stage refuses it.</summary>
public sealed class RefusalsTests : IDisposable
{
    private const string Route = "docs";
    private const string UnknownHost = "other." + Support.Tunnel.Domain;

    private readonly LogLines log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => log.Dispose();

    [Theory]
    [InlineData(UnknownHost, "Accept", "*/*", "", "agent.route_unknown")]
    [InlineData(Support.Tunnel.Host, "Origin", "https://elsewhere.test", Route, "agent.origin_refused")]
    public async Task Request_RefusedBeforeItsRoute_IsCounted(
        string host,
        string header,
        string value,
        string route,
        string reason
    )
    {
        await using var tunnel = await StartAsync(isActive: true);

        await SendAsync(tunnel, host, header, value);

        ShouldBeCounted(tunnel, route, reason);
        log.Text.ShouldContain($"for route {route} was refused: {reason} at hop agent.");
        log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Request_WhoseHostIsNotTheServerName_IsCounted()
    {
        await using var tunnel = await StartAsync(isActive: true);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        await client.SendAsync($"GET /mcp HTTP/1.1\r\nHost: {UnknownHost}\r\n\r\n");
        await client.ReadUntilAsync("agent.host_mismatch");

        ShouldBeCounted(tunnel, Route, "agent.host_mismatch");
    }

    [Fact]
    public async Task Request_ToAPausedTunnel_IsCounted()
    {
        await using var tunnel = await StartAsync(isActive: false);

        await SendAsync(tunnel, Support.Tunnel.Host, "Accept", "*/*");

        ShouldBeCounted(tunnel, Route, "agent.tunnel_inactive");
    }

    [Fact]
    public async Task Request_WhoseUpstreamFails_IsCounted()
    {
        await using var tunnel = await StartAsync(isActive: true);

        await SendAsync(tunnel, Support.Tunnel.Host, "Accept", "*/*"); // no server listens on the route's port

        ShouldBeCounted(tunnel, Route, UpstreamFailures.ConnectFailed.Reason);
        log.Warnings.ShouldHaveSingleItem().ShouldContain($"{UpstreamFailures.ConnectFailed.Reason} at hop upstream.");
    }

    [Fact]
    public async Task Request_WithoutToken_IsCounted()
    {
        await using var fixture = await OauthFixture.StartAsync();

        await SendAsync(fixture.Tunnel, Support.Tunnel.Host, "Accept", "*/*");

        ShouldBeCounted(fixture.Tunnel, Route, AuthorizationFailures.TokenMissing.Reason);
    }

    [Fact]
    public async Task Request_ThatCannotBeReadForItsTrace_IsCounted()
    {
        await using var collector = await SpanCollector.StartAsync();
        using var traces = Traces.Start(
            new TelemetryOptions { Endpoint = collector.Endpoint },
            "test",
            $"Culvert.Test.{Path.GetRandomFileName()}"
        );
        await using var tunnel = new Support.Tunnel(log, maxHeldBytes: 1, traces: traces);
        tunnel.Add(Route, port: 1);
        await tunnel.StartAsync();

        await PostAsync(tunnel, "{}"); // read for its trace

        ShouldBeCounted(tunnel, Route, McpFailures.BodiesCrowded.Reason);
    }

    [Fact]
    public async Task Request_ThatThePolicyCannotJudge_IsCounted()
    {
        await using var fixture = await PolicyFixture.StartAsync(
            Policies.Settings(Policies.Allow("a", "*")),
            PolicyFixture.Json("{}")
        );

        await fixture.PostAsync("[]");

        ShouldBeCounted(fixture.Tunnel, Route, PolicyFailures.Batch.Reason);
    }

    [Fact]
    public async Task Answer_ThatThePolicyRefuses_IsCounted()
    {
        await using var fixture = await PolicyFixture.StartAsync(
            Policies.Settings(Policies.Allow("a", "*")),
            PolicyFixture.Json("no list")
        );

        await fixture.PostAsync(PolicyFixture.Request("tools/list"));

        fixture
            .Tunnel.Metrics.Recent.Calls.Select(call => (call.Route, call.Reason))
            .Where(call => call.Reason.Length > 0)
            .ShouldBe([(Route, PolicyFailures.AnswerUnreadable.Reason)]);
    }

    [Fact]
    public async Task Call_WhoseRulesTimeIsOver_IsCounted()
    {
        var time = new FakeTimeProvider();
        var received = new TaskCompletionSource();
        var slow = RawUpstream.Scripted(
            async (_, _, token) =>
            {
                received.SetResult();
                await Never.RespondAsync(token);
                return false;
            }
        );
        var limits = new RuleLimits { Timeout = TimeSpan.FromMinutes(1) };
        await using var fixture = await PolicyFixture.StartAsync(
            Policies.Settings(Policies.Allow("a", "*") with { Limits = limits }),
            slow,
            time
        );

        var post = fixture.PostAsync(PolicyFixture.Call("get"));
        await received.Task;
        time.Advance(TimeSpan.FromMinutes(1));
        await post;

        ShouldBeCounted(fixture.Tunnel, Route, PolicyFailures.TimedOut.Reason);
    }

    [Fact]
    public async Task Request_ThatNoProgramTakes_IsCounted()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        await SendAsync(fixture.Tunnel, Support.Tunnel.Host, "MCP-Protocol-Version", "latest");

        ShouldBeCounted(fixture.Tunnel, Route, McpFailures.VersionUnreadable.Reason);
    }

    [Fact]
    public async Task Request_ThatIsNoCallout_IsCounted()
    {
        await using var tunnel = new Support.Tunnel(log);
        var second = TimeSpan.FromSeconds(1);
        var settings = new CalloutSettings
        {
            Path = "/mcp",
            Targets = [],
            CaBundle = "",
            Timeouts = new UpstreamTimeouts(second, second, second),
            Probe = new ProbeSettings(ProbeKind.None, second, second),
        };
        tunnel.Add(
            Route,
            new CalloutUpstream(settings, tunnel.Metrics, TimeProvider.System, log.CreateLogger("callouts"))
        );
        await tunnel.StartAsync();

        await SendAsync(tunnel, Support.Tunnel.Host, "Accept", "*/*");

        ShouldBeCounted(tunnel, Route, McpFailures.MethodNotAllowed.Reason);
    }

    [Fact] // what refuses in another way could forget to count, to log, or to release the body
    public void Refusals_AreTheOnlyWayToRefuse()
    {
        var source = Path.Combine(Path.GetDirectoryName(StdioFixture.Peer("x"))!, "..", "..", "src", "Tunnel.Agent");
        var others = Directory
            .EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "Refusals.cs")
            .Where(file =>
                File.ReadAllText(file) is var text
                && (
                    text.Contains("OwnAnswer.WriteAsync(", StringComparison.Ordinal)
                    || text.Contains("metrics.Refused(", StringComparison.Ordinal)
                )
            )
            .Select(Path.GetFileName);

        others.ShouldBeEmpty();
    }

    [Fact]
    public void Refused_CountsInTheMetricAndOnTheStatusPage()
    {
        const string OwnRoute = "route-of-this-test";
        var counted = 0L;
        using var listener = Instruments.Listen<long>(
            "culvert_agent_refused",
            (count, labels) =>
            {
                if (labels["route"] is OwnRoute && labels["reason"] is "a.reason")
                {
                    Interlocked.Add(ref counted, count);
                }
            }
        );
        using var metrics = new AgentMetrics();

        metrics.Refused(OwnRoute, "a.reason");

        counted.ShouldBe(1);
        metrics.Recent.Calls.Select(call => (call.Route, call.Reason)).ShouldBe([(OwnRoute, "a.reason")]);
    }

    private static void ShouldBeCounted(Support.Tunnel tunnel, string route, string reason) =>
        tunnel.Metrics.Recent.Calls.Select(call => (call.Route, call.Reason)).ShouldBe([(route, reason)]);

    private async Task<Support.Tunnel> StartAsync(bool isActive)
    {
        var tunnel = new Support.Tunnel(log);
        tunnel.Add(Route, port: 1);
        await tunnel.StartAsync(isActive);
        return tunnel;
    }

    private static async Task PostAsync(Support.Tunnel tunnel, string body)
    {
        using var client = tunnel.Client();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/mcp", UriKind.Relative), content, Token);
    }

    private static async Task SendAsync(Support.Tunnel tunnel, string host, string header, string value)
    {
        using var client = tunnel.Client(host);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mcp");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await client.SendAsync(request, Token);
    }
}
