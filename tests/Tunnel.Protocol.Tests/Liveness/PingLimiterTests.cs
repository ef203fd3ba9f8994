using Culvert.Testing;
using Culvert.Tunnel.Protocol.Liveness;

namespace Culvert.Tunnel.Protocol.Tests.Liveness;

public sealed class PingLimiterTests
{
    [Fact]
    public void TryCount_EleventhWithinASecond_IsRefused()
    {
        var limiter = new PingLimiter(new FakeTimeProvider());
        for (var i = 0; i < 10; i++)
        {
            limiter.TryCount().ShouldBeTrue();
        }

        limiter.TryCount().ShouldBeFalse();
    }

    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    public void TryCount_SteadyRate_IsTenPerSecond(int everyMs, bool allowed)
    {
        var time = new FakeTimeProvider();
        var limiter = new PingLimiter(time);
        var all = true;
        for (var i = 0; i < 50; i++)
        {
            all &= limiter.TryCount();
            time.Advance(TimeSpan.FromMilliseconds(everyMs));
        }

        all.ShouldBe(allowed);
    }
}
