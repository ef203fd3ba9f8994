using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Edge.Forwarding;

namespace Culvert.Tunnel.Edge.Tests.Forwarding;

/// <summary>What one tunnel may use, on both sides of each bound.</summary>
public sealed class TunnelTrafficTests
{
    private static readonly Rate Many = new(1000, TimeSpan.FromSeconds(1));
    private readonly FakeTimeProvider time = new();

    [Theory]
    [InlineData(2, 5)]
    [InlineData(5, 2)]
    public void TryEnter_SmallerOfConnectionsAndStreams_Binds(int connections, int streams)
    {
        var traffic = new TunnelTraffic("t", new TunnelLimits(connections, Many, streams), time);

        (traffic.TryEnter(), traffic.TryEnter(), traffic.TryEnter()).ShouldBe((true, true, false));
        traffic.Release();
        traffic.TryEnter().ShouldBeTrue();
    }

    [Fact]
    public void TryEnter_NewConnections_ComeBackWithTime()
    {
        var traffic = new TunnelTraffic("t", new TunnelLimits(100, new Rate(2, TimeSpan.FromSeconds(1))), time);
        (traffic.TryEnter(), traffic.TryEnter(), traffic.TryEnter()).ShouldBe((true, true, false));

        time.Advance(TimeSpan.FromMilliseconds(500));

        (traffic.TryEnter(), traffic.TryEnter()).ShouldBe((true, false));
    }

    [Fact]
    public void Pay_NoLimit_IsFree()
    {
        var traffic = new TunnelTraffic("t", new TunnelLimits(1, Many), time);

        traffic.IsPaced.ShouldBeFalse();
        traffic.Pay(int.MaxValue).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Pay_BeyondTheLimit_WaitsAsLongAsTheDebtTakes()
    {
        var traffic = new TunnelTraffic("t", new TunnelLimits(1, Many, BytesPerSecond: 1_000_000), time);

        traffic.Pay(1_000_000).ShouldBe(TimeSpan.Zero);
        traffic.Pay(500_000).ShouldBe(TimeSpan.FromSeconds(0.5));
        time.Advance(TimeSpan.FromSeconds(0.5));
        traffic.Pay(0).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Use_NewLimits_CountForWhoIsThere()
    {
        var traffic = new TunnelTraffic("t", new TunnelLimits(2, Many), time);
        traffic.TryEnter().ShouldBeTrue();

        traffic.Use(new TunnelLimits(1, Many));

        traffic.TryEnter().ShouldBeFalse();
    }

    [Fact]
    public void With_OwnRecord_WinsWhereItSaysSomething()
    {
        var defaults = new TunnelLimits(10, Many, 20, 30);

        defaults.With(null).ShouldBe(defaults);
        defaults.With(new EdgeFeedTunnelLimits(MaxConnections: 1)).ShouldBe(defaults with { MaxConnections = 1 });
        defaults
            .With(new EdgeFeedTunnelLimits(NewConnections: "5/1m", BytesPerSecond: 0, OpenStreams: 2))
            .ShouldBe(new TunnelLimits(10, new Rate(5, TimeSpan.FromMinutes(1)), 2, 0));
    }
}
