using System.Net;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.Policy.Approvals;

public sealed class HeldFindingsTests
{
    private static readonly TimeSpan Expires = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider time = new();
    private readonly HeldFindings held;

    public HeldFindingsTests() => held = new HeldFindings(time);

    [Fact]
    public void Add_OfTheSameCall_ReturnsTheFindingThatWaits()
    {
        var first = Finding();
        held.Add("a", Owner(), first, null).ShouldBeSameAs(first);

        held.Add("a", Owner(), Finding(), null).ShouldBeSameAs(first);
        held.Find("a").ShouldBeSameAs(first);
        held.Find("b").ShouldBeNull();
    }

    [Fact]
    public void Remove_Succeeds_Once()
    {
        var finding = Finding();
        held.Add("a", Owner(), finding, null);

        held.Remove("a", Finding()).ShouldBeFalse();
        held.Remove("a", finding).ShouldBeTrue();
        held.Remove("a", finding).ShouldBeFalse();
    }

    [Fact]
    public void Finding_WaitsUntilItExpires()
    {
        var finding = Finding();
        held.Add("a", Owner(), finding, null);

        time.Advance(Expires - TimeSpan.FromTicks(1));
        held.Find("a").ShouldNotBeNull();
        time.Advance(TimeSpan.FromTicks(1));
        held.Remove("a", finding).ShouldBeFalse();
        held.Find("a").ShouldBeNull();
    }

    [Fact]
    public void Caller_HasHalfOfAllFindings()
    {
        for (var i = 0; i < HeldFindings.MaxCount / 2; i++)
        {
            held.Add($"{i}", Owner(), Finding(), null).ShouldNotBeNull();
        }

        held.Add("a", Owner(), Finding(), null).ShouldBeNull();
        held.Add("b", Owner("bob"), Finding(), null).ShouldNotBeNull();
        time.Advance(Expires);
        held.Add("a", Owner(), Finding(), null).ShouldNotBeNull();
    }

    [Fact]
    public void AllCallers_HaveTheMaximumAtMost()
    {
        var count = 0;
        while (held.Add($"{count}", Owner($"{count}"), Finding(), null) is not null)
        {
            count++;
        }

        // No caller may take the last half of what is free, which is one finding here.
        count.ShouldBe(HeldFindings.MaxCount - 1);
    }

    [Fact]
    public void LongFindings_CountByTheirBytes()
    {
        var large = Finding(16 << 20);
        held.Add("a", Owner(), large, null).ShouldNotBeNull();
        held.Add("b", Owner(), large, null).ShouldNotBeNull();

        held.Add("c", Owner(), Finding(), null).ShouldBeNull();
        held.Remove("a", large).ShouldBeTrue();
        held.Add("c", Owner(), Finding(), null).ShouldNotBeNull();
    }

    [Fact]
    public void Finding_OfATokenThatAFeedRefuses_IsRemoved()
    {
        var none = new Refused("");
        var live = new LiveRequests(none);
        held.Add("a", Owner(), Finding(), new CallerToken(live, "one", none));
        held.Add("b", Owner(), Finding(), new CallerToken(live, "two", none));

        live.Apply(new Refused("one")).ShouldBe(1);

        held.Find("a").ShouldBeNull();
        held.Find("b").ShouldNotBeNull();
        live.Count.ShouldBe(1);
    }

    [Fact]
    public void Add_TokenThatANewerFeedRefuses_HoldsNothing()
    {
        var none = new Refused("");
        var live = new LiveRequests(none);
        live.Apply(new Refused("one"));

        held.Add("a", Owner(), Finding(), new CallerToken(live, "one", none));

        held.Find("a").ShouldBeNull();
        live.Count.ShouldBe(0);
    }

    [Fact]
    public void Finding_ThatExpired_IsNoLongerWatched()
    {
        var none = new Refused("");
        var live = new LiveRequests(none);
        held.Add("a", Owner(), Finding(), new CallerToken(live, "one", none));

        time.Advance(Expires);

        held.Find("a").ShouldBeNull();
        live.Count.ShouldBe(0);
    }

    private sealed class Refused(string token) : IRefusedTokens
    {
        public bool Contain(string one) => one == token;
    }

    private static ClientKey Owner(string subject = "alice") => new("https://a.test", subject, IPAddress.None);

    private static HeldFinding Finding(int bytes = 10) =>
        new(new byte[bytes])
        {
            Rule = "a",
            Approval = new RuleApproval(Expires, [], 1, null),
            Shown = [],
        };
}
