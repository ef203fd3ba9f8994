using System.Net;
using Culvert.Platform.Dns;
using Culvert.Testing;
using Shouldly;
using Xunit;
using ScriptedDns = Culvert.Testing.Dns.ScriptedDns;

namespace Culvert.Platform.Tests.Dns;

public sealed class ZoneServersTests : IAsyncDisposable
{
    private readonly ScriptedDns server = ScriptedDns.Start();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Find_NameBelowAZone_IsItsServers()
    {
        server.NameServer("example", "ns.example").Address("ns.example", "127.0.0.1");
        var (outcome, servers) = await FindAsync("_culvert.a.example", _ => true);
        outcome.ShouldBe(DnsOutcome.Found);
        servers.ShouldBe([new IPEndPoint(IPAddress.Loopback, 5300)]);
    }

    [Fact]
    public async Task Find_AliasOnTheWay_IsNotFollowedIntoAnothersZone()
    {
        server
            .Alias("a.example", "t.other")
            .NameServer("t.other", "ns.other")
            .NameServer("example", "ns.example")
            .Address("ns.example", "127.0.0.1")
            .Address("ns.other", "127.0.0.2");
        var (_, servers) = await FindAsync("_culvert.a.example", _ => true);
        servers.ShouldBe([new IPEndPoint(IPAddress.Loopback, 5300)]);
    }

    [Fact]
    public async Task Find_AddressThatMayNotBeAsked_IsLeftOut()
    {
        server.NameServer("example", "ns.example").Address("ns.example", "127.0.0.1");
        var (outcome, servers) = await FindAsync("a.example", _ => false);
        outcome.ShouldBe(DnsOutcome.NoData);
        servers.ShouldBeEmpty();
    }

    [Fact]
    public async Task Find_ResolverThatFails_IsTold()
    {
        server.Fail("a.example", 2);
        (await FindAsync("a.example", _ => true)).Outcome.ShouldBe(DnsOutcome.ServerFailure);
    }

    private Task<(DnsOutcome Outcome, IReadOnlyList<IPEndPoint> Servers)> FindAsync(
        string name,
        Func<IPAddress, bool> mayAsk
    )
    {
        var options = new DnsClientOptions { Servers = [server.EndPoint], AuthorityPort = 5300 };
        return new ZoneServers(new DnsClient(options, new FakeTimeProvider()), mayAsk).FindAsync(
            DnsClientTests.Name(name),
            TestContext.Current.CancellationToken
        );
    }
}
