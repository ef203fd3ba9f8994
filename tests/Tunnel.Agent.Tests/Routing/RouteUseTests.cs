using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Tests.Routing;

public sealed class RouteUseTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(24);
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Retire_NobodyInside_IsDrainedAtOnce()
    {
        using var use = new RouteUse();

        use.RetireAsync(Limit, time).IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task Retire_SomebodyInside_WaitsForTheLast()
    {
        using var use = new RouteUse();
        use.TryEnter().ShouldBeTrue();
        use.TryEnter().ShouldBeTrue();

        var drained = use.RetireAsync(Limit, time);
        use.Release();
        drained.IsCompleted.ShouldBeFalse();
        use.TryEnter().ShouldBeFalse();
        drained.IsCompleted.ShouldBeFalse();
        use.Release();
        await drained.WaitAsync(Eventually.Limit, Token);
        use.Over.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task Retire_SomebodyStaysForTooLong_IsToldToGo()
    {
        using var use = new RouteUse();
        use.TryEnter();
        var told = new TaskCompletionSource();
        using var registered = use.Over.Register(told.SetResult);

        var drained = use.RetireAsync(Limit, time);
        time.Advance(Limit - TimeSpan.FromSeconds(1));
        told.Task.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));

        await told.Task.WaitAsync(Eventually.Limit, Token);
        drained.IsCompleted.ShouldBeFalse();
        use.Release();
        await drained.WaitAsync(Eventually.Limit, Token);
    }

    [Fact]
    public async Task Enter_UpstreamReplaced_TakesTheNewOne()
    {
        await using var old = Upstream();
        await using var next = Upstream();
        var map = new RouteMap();
        map.Swap(TableOf(old));
        map.Enter("docs.a.test").Route!.Route.Upstream.ShouldBeSameAs(old);

        map.Swap(TableOf(next));
        _ = old.RetireAsync(Limit, time);
        map.Enter("docs.a.test").Route!.Route.Upstream.ShouldBeSameAs(next);
        map.Enter("other.a.test").Route.ShouldBeNull();
    }

    private static RouteTable TableOf(Upstream upstream) =>
        new("a.test", active: true, [new Route("docs", upstream, [], RouteAccess.Open(OauthMode.DangerousNone))]);

    private static HttpUpstream Upstream()
    {
        var settings = Support.Tunnel.UpstreamTo(1);
        return new HttpUpstream(
            settings,
            new UpstreamConnector(settings, TimeProvider.System),
            Support.Tunnel.NewForwarder()
        );
    }
}
