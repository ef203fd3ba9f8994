using System.Net;
using Culvert.Platform.Configuration;
using Culvert.Platform.Net;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Net;

public sealed class SourceLimiterTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.2");

    [Fact]
    public void TryEnter_BeyondTheOpenLimit_IsRefusedUntilOneLeaves()
    {
        var limiter = new SourceLimiter(2, new Rate(100, TimeSpan.FromSeconds(1)), new FakeTimeProvider());
        limiter.TryEnter(One).ShouldBeTrue();
        limiter.TryEnter(One).ShouldBeTrue();
        limiter.TryEnter(One).ShouldBeFalse();
        limiter.TryEnter(Other).ShouldBeTrue();
        limiter.Release(One);
        limiter.TryEnter(One).ShouldBeTrue();
    }

    [Fact]
    public void TryEnter_BeyondTheRate_IsRefusedUntilTimePasses()
    {
        var time = new FakeTimeProvider();
        var limiter = new SourceLimiter(100, new Rate(2, TimeSpan.FromSeconds(1)), time);
        limiter.TryEnter(One).ShouldBeTrue();
        limiter.TryEnter(One).ShouldBeTrue();
        limiter.TryEnter(One).ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(499));
        limiter.TryEnter(One).ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));
        limiter.TryEnter(One).ShouldBeTrue();
    }

    [Fact]
    public void TryEnter_AddressesOfOneIpv6Network_CountAsOne()
    {
        var limiter = new SourceLimiter(1, new Rate(100, TimeSpan.FromSeconds(1)), new FakeTimeProvider());
        limiter.TryEnter(IPAddress.Parse("2001:db8:0:1::1")).ShouldBeTrue();
        limiter.TryEnter(IPAddress.Parse("2001:db8:0:1:ffff::9")).ShouldBeFalse();
        limiter.TryEnter(IPAddress.Parse("2001:db8:0:2::1")).ShouldBeTrue();
    }

    [Fact]
    public void Sweep_AddressStillOpen_IsNotForgotten()
    {
        var time = new FakeTimeProvider();
        var limiter = new SourceLimiter(1, new Rate(100, TimeSpan.FromSeconds(1)), time);
        limiter.TryEnter(One).ShouldBeTrue();
        time.Advance(TimeSpan.FromHours(1));
        limiter.Sweep();
        limiter.TryEnter(One).ShouldBeFalse();
    }

    // A search of the whole table for every new address would delay the connections of all clients.
    [Fact]
    public void TryEnter_TableFull_IsSearchedOnceASecond()
    {
        var time = new FakeTimeProvider();
        var limiter = new SourceLimiter(1, new Rate(1, TimeSpan.FromSeconds(1)), time);
        for (var i = 0; i < SourceLimiter.MaxSources; i++)
        {
            limiter.TryEnter(new IPAddress(i)).ShouldBeTrue();
        }

        limiter.TryEnter(One).ShouldBeFalse();
        limiter.Release(new IPAddress(7));
        time.Advance(TimeSpan.FromMilliseconds(999));
        limiter.TryEnter(One).ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));
        limiter.TryEnter(One).ShouldBeTrue();
    }
}
