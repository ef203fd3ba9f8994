using System.Diagnostics.Metrics;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Tests.Support;

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

        ShouldBeCounted(tunnel, Route, Failures.ConnectFailed.Reason);
        log.Warnings.ShouldHaveSingleItem().ShouldContain($"{Failures.ConnectFailed.Reason} at hop upstream.");
    }

    [Fact]
    public async Task Request_WithoutToken_IsCounted()
    {
        await using var fixture = await OauthFixture.StartAsync();

        await SendAsync(fixture.Tunnel, Support.Tunnel.Host, "Accept", "*/*");

        ShouldBeCounted(fixture.Tunnel, Route, Failures.TokenMissing.Reason);
    }

    [Fact]
    public void Refused_CountsInTheMetricAndOnTheStatusPage()
    {
        const string OwnRoute = "route-of-this-test";
        var counted = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, its) =>
            {
                if (instrument.Name == "culvert_agent_refused")
                {
                    its.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, count, tags, _) =>
            {
                if (
                    tags.ToArray().Contains(new("route", OwnRoute))
                    && tags.ToArray().Contains(new("reason", "a.reason"))
                )
                {
                    Interlocked.Add(ref counted, count);
                }
            }
        );
        listener.Start();
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

    private static async Task SendAsync(Support.Tunnel tunnel, string host, string header, string value)
    {
        using var client = tunnel.Client(host);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mcp");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await client.SendAsync(request, Token);
    }
}
