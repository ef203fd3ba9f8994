using Culvert.Tunnel.Agent.Routing;
using Shouldly;
using Xunit;

namespace Culvert.Tunnel.Agent.Tests.Routing;

public sealed class RouteUseTests
{
    [Fact]
    public void Retire_NobodyInside_IsDrainedAtOnce() => new RouteUse().RetireAsync().IsCompleted.ShouldBeTrue();

    [Fact]
    public async Task Retire_SomebodyInside_WaitsForTheLast()
    {
        var use = new RouteUse();
        use.TryEnter().ShouldBeTrue();
        use.TryEnter().ShouldBeTrue();

        var drained = use.RetireAsync();
        use.Leave();
        drained.IsCompleted.ShouldBeFalse();
        use.TryEnter().ShouldBeFalse();
        drained.IsCompleted.ShouldBeFalse();
        use.Leave();
        await drained.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Enter_SetReplaced_TakesTheNewOne()
    {
        var map = new RouteMap();
        var (old, next) = (new RouteTable("a.test", true, []), new RouteTable("b.test", true, []));
        map.Swap(old);
        map.Enter().ShouldBeSameAs(old);

        map.Swap(next);
        _ = old.Use.RetireAsync();
        map.Enter().ShouldBeSameAs(next);
    }
}
