using Culvert.Platform.Dns;
using Culvert.Testing;
using Shouldly;
using Xunit;
using ScriptedDns = Culvert.Testing.Dns.ScriptedDns;

namespace Culvert.Platform.Tests.Dns;

public sealed class CaaLookupTests : IAsyncDisposable
{
    private readonly ScriptedDns server = ScriptedDns.Start();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Find_SetOfAnAncestor_IsTheClosest()
    {
        server.Caa("example", "issue", "far").Caa("b.example", "issue", "near").Address("x.a.b.example", "192.0.2.1");
        var answer = await FindAsync("x.a.b.example");
        (answer.Outcome, answer.At.Text).ShouldBe((DnsOutcome.Found, "b.example"));
        answer.Records.ShouldHaveSingleItem().Value.ShouldBe("near");
    }

    [Fact]
    public async Task Find_Alias_IsFollowedButItsParentsAreNot()
    {
        server.Alias("a.example", "t.other").Caa("other", "issue", "no").Caa("example", "issue", "yes");
        (await FindAsync("a.example")).Records.ShouldHaveSingleItem().Value.ShouldBe("yes");
        server.Caa("t.other", "issue", "target");
        (await FindAsync("a.example")).Records.ShouldHaveSingleItem().Value.ShouldBe("target");
    }

    [Fact]
    public async Task Find_NoSetAnywhere_IsNoData() =>
        (await FindAsync("a.example")).Outcome.ShouldBe(DnsOutcome.NoData);

    [Fact]
    public async Task Find_StepThatFails_EndsTheSearch()
    {
        server.Fail("b.example", 2).Caa("example", "issue", "x");
        var answer = await FindAsync("a.b.example");
        (answer.Outcome, answer.At.Text).ShouldBe((DnsOutcome.ServerFailure, "b.example"));
    }

    private Task<CaaAnswer> FindAsync(string name) =>
        CaaLookup.FindAsync(
            new DnsClient(new DnsClientOptions { Servers = [server.EndPoint] }, new FakeTimeProvider()),
            DnsClientTests.Name(name),
            TestContext.Current.CancellationToken
        );
}
