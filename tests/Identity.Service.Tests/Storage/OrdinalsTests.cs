using Culvert.Identity.Service.Storage;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

public sealed class OrdinalsTests
{
    [Fact]
    public void Next_ManyInOneMillisecondOnTwoNodes_AreUniqueAndGrow()
    {
        var time = new FakeTimeProvider();
        var (one, two) = (new Ordinals(1, time), new Ordinals(127, time));

        var first = Enumerable.Range(0, 20_000).Select(_ => one.Next()).ToList();
        var second = Enumerable.Range(0, 20_000).Select(_ => two.Next()).ToList();

        first.ShouldBe(first.Order());
        second.ShouldBe(second.Order());
        first.Concat(second).Distinct().Count().ShouldBe(40_000);
    }

    [Fact]
    public void Next_Later_IsAboveEveryOtherNodesEarlierOne()
    {
        var time = new FakeTimeProvider();
        var earlier = new Ordinals(127, time).Next();

        time.Advance(TimeSpan.FromMilliseconds(1));

        new Ordinals(1, time).Next().ShouldBeGreaterThan(earlier);
    }

    [Fact]
    public void Above_NumbersOfALaterClock_GoesOnAboveThem()
    {
        var ahead = new FakeTimeProvider();
        ahead.Advance(TimeSpan.FromHours(1));
        var used = new Ordinals(127, ahead).Next();
        var ordinals = new Ordinals(1, new FakeTimeProvider());

        ordinals.Above(used);

        ordinals.Next().ShouldBeGreaterThan(used);
    }
}
