using Culvert.Platform.Configuration;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;

namespace Culvert.Tunnel.Agent.Tests.Policy;

public sealed class CallLimitsTests
{
    private static readonly RuleLimits TwoAMinute = new() { Rate = new Rate(2, TimeSpan.FromMinutes(1)) };
    private readonly FakeTimeProvider time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void Enter_RefillsEvenly_AndNeverBeyondTheCount()
    {
        var limits = new CallLimits(time);
        Enter(limits).ShouldBe(0);
        Enter(limits).ShouldBe(0);
        Enter(limits).ShouldBe(30);
        time.Advance(TimeSpan.FromSeconds(29));
        Enter(limits).ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(1));
        Enter(limits).ShouldBe(0);
        time.Advance(TimeSpan.FromHours(1));
        Enter(limits).ShouldBe(0);
        Enter(limits).ShouldBe(0);
        Enter(limits).ShouldBe(30);
    }

    [Fact]
    public void Enter_ManyNamesOfOnePrincipal_ShareACountInTheEnd()
    {
        var limits = new CallLimits(time);
        for (var i = 0; i < CallLimits.MaxNames; i++)
        {
            Enter(limits, name: $"n{i}").ShouldBe(0);
        }

        Enter(limits, name: "more").ShouldBe(0);
        Enter(limits, name: "still more").ShouldBe(0);
        Enter(limits, name: "one too many").ShouldBe(30);
        Enter(limits, principal: "another").ShouldBe(0);
        limits.Keys.ShouldBe(CallLimits.MaxNames + 2);
    }

    [Fact]
    public void Enter_FullTable_RefusesNewKeysUntilOldOnesAreIdle()
    {
        var limits = new CallLimits(time);
        for (var i = 0; i < CallLimits.MaxKeys; i++)
        {
            limits.Release(limits.Enter(TwoAMinute, new LimitKey("r", $"p{i}", TargetKind.Tool, "t")).Lease!);
        }

        Enter(limits, principal: "new").ShouldBe(1);
        Enter(limits, principal: "p0").ShouldBe(0);
        time.Advance(TimeSpan.FromMinutes(1));
        Enter(limits, principal: "new").ShouldBe(0);
        limits.Keys.ShouldBe(2);
    }

    // 0 = may begin; otherwise the seconds to wait.
    private static int Enter(CallLimits limits, string principal = "p", string name = "t") =>
        limits.Enter(TwoAMinute, new LimitKey("r", principal, TargetKind.Tool, name)).RetryAfterSeconds;
}
