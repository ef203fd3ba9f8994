using System.Net.Sockets;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.Testing;
using Culvert.Tunnel.Edge.Commands;
using Culvert.Tunnel.Edge.Configuration;
using Culvert.Tunnel.Edge.Hosting;
using Culvert.Tunnel.Edge.Tests.Support;
using RunningEdge = Culvert.Tunnel.Edge.Tests.Support.RunningEdge;

namespace Culvert.Tunnel.Edge.Tests.Hosting;

/// <summary>
/// The settings change while clients are connected: new connections use the new ones, and no connection is dropped.
/// </summary>
public sealed class EdgeReloadTests
{
    private static readonly byte[] Hello = Hellos.Build(Hellos.ServerName("docs." + TestPlatform.Domain));
    private static readonly byte[] Alert80 = [21, 3, 3, 0, 2, 2, 80];
    private static readonly AddressRanges Loopback = AddressRanges.TryParse(["127.0.0.0/8"], out var ranges, out _)
        ? ranges
        : throw new InvalidOperationException();

    public static TheoryData<string> Limits => ["tunnel_defaults", "clients", "per_source", "proxy_protocol", "sni"];

    [Theory]
    [MemberData(nameof(Limits))]
    public async Task Use_OtherLimits_CountForWhoComesAndDropNobody(string section)
    {
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync();
        using var there = await OpenAsync(edge);
        var before = edge.Server.Settings;

        edge.Server.Use(Narrowed(before, section));

        (await edge.ExchangeAsync(Hello)).ShouldBe(ExpectedOf(section));
        await EchoAsync(there);

        edge.Server.Use(before);

        using var again = await OpenAsync(edge);
        await EchoAsync(again);
        await EchoAsync(there);
        await Eventually.UntilAsync(() => edge.Server.Clients == 2, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Use_LimitOfATunnelsOwn_StillWins()
    {
        var own = new Culvert.Platform.Wire.EdgeFeedTunnelLimits(MaxConnections: 100);
        await using var edge = RunningEdge.Start(feed: Feeds.Of(Feeds.Tunnel(limits: own)));
        await using var agent = await edge.AgentAsync();
        using var there = await OpenAsync(edge);

        edge.Server.Use(Narrowed(edge.Server.Settings, "tunnel_defaults"));

        using var next = await OpenAsync(edge);
        await EchoAsync(next);
    }

    [Fact]
    public async Task Use_OtherPublicPort_IsReportedFromThenOn()
    {
        var started = RunningEdge.Settings();
        await using var edge = RunningEdge.Start(_ => started);

        edge.Server.Use(started with { Sni = started.Sni with { PublicPort = 8443 } });

        EdgeReporting.Content(started, edge.Server).SniPublicPort.ShouldBe(8443);
    }

    [Theory]
    [InlineData("clients.per_source", true)]
    [InlineData("tunnel_defaults.bytes", true)]
    [InlineData("proxy_protocol.trusted_proxies", true)]
    [InlineData("sni.public_port", true)]
    [InlineData("connect.public_port", true)]
    [InlineData("drain_timeout", true)]
    [InlineData("network.proxy.url", true)]
    [InlineData("log.level", true)]
    [InlineData("sni.listen", false)]
    [InlineData("connect.listen", false)]
    [InlineData("agents.listen", false)]
    [InlineData("health.listen", true)]
    [InlineData("telemetry.otlp", true)]
    [InlineData("identity.rule_id", true)]
    [InlineData("identity.token.file", true)]
    [InlineData("edge_id", false)]
    [InlineData("state_dir", false)]
    [InlineData("identity.url", false)]
    public void IsReloadable_WhereItIsFoundAndWhoItIs_TakesARestart(string key, bool reloadable) =>
        RunCommand.IsReloadable(key).ShouldBe(reloadable);

    private static EdgeSettings Narrowed(EdgeSettings settings, string section) =>
        section switch
        {
            "tunnel_defaults" => settings with { TunnelDefaults = settings.TunnelDefaults with { MaxConnections = 1 } },
            "clients" => settings with { Clients = settings.Clients with { MaxConnections = 1 } },
            "per_source" => settings with { Clients = settings.Clients with { PerSource = 1 } },
            "proxy_protocol" => settings with
            {
                ProxyProtocol = new ProxyProtocolOptions { Required = true, TrustedProxies = Loopback },
            },
            _ => settings with { Sni = settings.Sni with { MaxHelloBytes = 16 } },
        };

    // The answer to a connection that the new settings refuse: an alert for the tunnel's limit and for a hello that is
    // too long, nothing at admission.
    private static byte[] ExpectedOf(string section) =>
        section switch
        {
            "tunnel_defaults" => Alert80,
            "sni" => [21, 3, 3, 0, 2, 2, 22],
            _ => [],
        };

    private static async Task<Socket> OpenAsync(RunningEdge edge)
    {
        var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        (await ReceiveAsync(socket, Hello.Length)).ShouldBe(Hello);
        return socket;
    }

    private static async Task EchoAsync(Socket socket)
    {
        await socket.SendAsync("still here"u8.ToArray());
        (await ReceiveAsync(socket, 10)).ShouldBe("still here"u8.ToArray());
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int length)
    {
        var all = new byte[length];
        for (var got = 0; got < length; )
        {
            var read = await socket.ReceiveAsync(all.AsMemory(got)).AsTask().WaitAsync(Eventually.Limit);
            read.ShouldBeGreaterThan(0);
            got += read;
        }

        return all;
    }
}
