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
        held.Add("a", Owner(), first).ShouldBeSameAs(first);

        held.Add("a", Owner(), Finding()).ShouldBeSameAs(first);
        held.Find("a").ShouldBeSameAs(first);
        held.Find("b").ShouldBeNull();
    }

    [Fact]
    public void Remove_Succeeds_Once()
    {
        var finding = Finding();
        held.Add("a", Owner(), finding);

        held.Remove("a", Finding()).ShouldBeFalse();
        held.Remove("a", finding).ShouldBeTrue();
        held.Remove("a", finding).ShouldBeFalse();
    }

    [Fact]
    public void Finding_WaitsUntilItExpires()
    {
        var finding = Finding();
        held.Add("a", Owner(), finding);

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
            held.Add($"{i}", Owner(), Finding()).ShouldNotBeNull();
        }

        held.Add("a", Owner(), Finding()).ShouldBeNull();
        held.Add("b", Owner("bob"), Finding()).ShouldNotBeNull();
        time.Advance(Expires);
        held.Add("a", Owner(), Finding()).ShouldNotBeNull();
    }

    [Fact]
    public void AllCallers_HaveTheMaximumAtMost()
    {
        var count = 0;
        while (held.Add($"{count}", Owner($"{count}"), Finding()) is not null)
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
        held.Add("a", Owner(), large).ShouldNotBeNull();
        held.Add("b", Owner(), large).ShouldNotBeNull();

        held.Add("c", Owner(), Finding()).ShouldBeNull();
        held.Remove("a", large).ShouldBeTrue();
        held.Add("c", Owner(), Finding()).ShouldNotBeNull();
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
