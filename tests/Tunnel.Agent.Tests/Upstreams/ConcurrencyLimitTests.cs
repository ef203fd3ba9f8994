using System.Net;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Tests.Upstreams;

/// <summary>One client with calls that never end once took every place, and the others were refused.</summary>
public sealed class ConcurrencyLimitTests
{
    private static readonly ClientKey One = Client("one");

    [Theory]
    [InlineData(15, 15, 0)] // too few to be shared
    [InlineData(16, 12, 4)]
    [InlineData(256, 192, 64)]
    public void TryEnter_OneClientHoldsMost_LeavesTheLastQuarterToOthers(int most, int own, int left)
    {
        var places = new ConcurrencyLimit(most);

        Enumerable.Range(0, most).Count(_ => places.TryEnter(One)).ShouldBe(own);
        Enumerable.Range(0, most).Count(i => places.TryEnter(Client($"other {i}"))).ShouldBe(left);
    }

    [Fact]
    public void Leave_GivesThePlaceBack()
    {
        var places = new ConcurrencyLimit(16);
        _ = Enumerable.Range(0, 12).Count(_ => places.TryEnter(One));
        places.TryEnter(One).ShouldBeFalse();

        places.Release(One);

        places.TryEnter(One).ShouldBeTrue();
        places.TryEnter(One).ShouldBeFalse();
    }

    [Fact] // what a client holds on one route took from its share of another
    public void TryEnter_ManyHeldElsewhere_AreNoMatterHere()
    {
        var (here, elsewhere) = (new ConcurrencyLimit(16), new ConcurrencyLimit(16));
        _ = Enumerable.Range(0, 12).Count(_ => elsewhere.TryEnter(One));

        Enumerable.Range(0, 15).Count(i => here.TryEnter(Client($"other {i}"))).ShouldBe(15);
        here.TryEnter(One).ShouldBeTrue();
    }

    private static ClientKey Client(string subject) => new("i", subject, IPAddress.Loopback);
}
