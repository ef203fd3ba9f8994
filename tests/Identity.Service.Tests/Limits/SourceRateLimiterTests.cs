using System.Net;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Limits;

public sealed class SourceRateLimiterTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void TryTake_RateChanged_CountsAtOnce()
    {
        var time = new FakeTimeProvider();
        var rates = new Current<LimitOptions>(new() { ExchangePerAddress = new RateLimit(1, TimeSpan.FromSeconds(1)) });
        var limiter = new SourceRateLimiter(() => rates.Value.ExchangePerAddress, time);
        limiter.TryTake(IPAddress.Loopback).ShouldBeNull();
        limiter.TryTake(IPAddress.Loopback).ShouldNotBeNull();

        rates.Use(new LimitOptions { ExchangePerAddress = new RateLimit(3, TimeSpan.FromSeconds(1)) });
        time.Advance(TimeSpan.FromSeconds(1));

        for (var i = 0; i < 3; i++)
        {
            limiter.TryTake(IPAddress.Loopback).ShouldBeNull();
        }

        limiter.TryTake(IPAddress.Loopback).ShouldNotBeNull();
    }

    [Fact]
    public void TryTake_UpToTheLimit_ThenWaits()
    {
        var limiter = new SourceRateLimiter(new RateLimit(3, TimeSpan.FromSeconds(1)), time);
        var source = IPAddress.Parse("192.0.2.1");

        Take(limiter, source, 4).ShouldBe(3);
        time.Advance(TimeSpan.FromMilliseconds(334));
        Take(limiter, source, 2).ShouldBe(1);
    }

    [Fact]
    public void TryTake_OtherSource_HasItsOwn()
    {
        var limiter = new SourceRateLimiter(new RateLimit(1, TimeSpan.FromSeconds(1)), time);

        Take(limiter, IPAddress.Parse("192.0.2.1"), 2).ShouldBe(1);
        Take(limiter, IPAddress.Parse("192.0.2.2"), 2).ShouldBe(1);
    }

    [Fact]
    public void TryTake_SameIPv6Prefix_SharesOne()
    {
        var limiter = new SourceRateLimiter(new RateLimit(1, TimeSpan.FromSeconds(1)), time);

        Take(limiter, IPAddress.Parse("2001:db8::1"), 1).ShouldBe(1);
        Take(limiter, IPAddress.Parse("2001:db8::2"), 1).ShouldBe(0);
        Take(limiter, IPAddress.Parse("2001:db8:0:1::1"), 1).ShouldBe(1);
    }

    [Fact]
    public void TryTake_MoreSourcesThanTheTableHolds_ShareTheOverflow()
    {
        var limiter = new SourceRateLimiter(new RateLimit(1, TimeSpan.FromSeconds(1)), time, maxSources: 2);
        Take(limiter, IPAddress.Parse("192.0.2.1"), 1);
        Take(limiter, IPAddress.Parse("192.0.2.2"), 1);

        Take(limiter, IPAddress.Parse("192.0.2.3"), 1).ShouldBe(1);
        Take(limiter, IPAddress.Parse("192.0.2.4"), 1).ShouldBe(0);
    }

    [Fact]
    public void TryTake_FullTableAfterAWhile_MakesRoom()
    {
        var limiter = new SourceRateLimiter(new RateLimit(1, TimeSpan.FromSeconds(1)), time, maxSources: 2);
        Take(limiter, IPAddress.Parse("192.0.2.1"), 1);
        Take(limiter, IPAddress.Parse("192.0.2.2"), 1);
        Take(limiter, IPAddress.Parse("192.0.2.3"), 1);
        time.Advance(TimeSpan.FromSeconds(1));

        Take(limiter, IPAddress.Parse("192.0.2.4"), 1).ShouldBe(1);
        Take(limiter, IPAddress.Parse("192.0.2.5"), 1).ShouldBe(1);
    }

    [Fact]
    public void IsExhausted_Looks_WithoutTaking()
    {
        var limiter = new SourceRateLimiter(new RateLimit(1, TimeSpan.FromSeconds(1)), time);
        var source = IPAddress.Parse("192.0.2.1");

        limiter.IsExhausted(source).ShouldBeNull();
        limiter.IsExhausted(source).ShouldBeNull();
        Take(limiter, source, 1).ShouldBe(1);
        limiter.IsExhausted(source).ShouldNotBeNull();
    }

    private static int Take(SourceRateLimiter limiter, IPAddress source, int times) =>
        Enumerable.Range(0, times).Count(_ => limiter.TryTake(source) is null);
}
