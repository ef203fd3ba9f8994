using Culvert.Platform.Timing;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Timing;

public sealed class TokenBucketTests
{
    private const double PerSecond = 2;
    private const double Capacity = 3;

    private readonly FakeTimeProvider time = new();
    private TokenBucket bucket;

    [Fact]
    public void Refill_Unused_IsFullWhateverTheCapacityIsByThen()
    {
        bucket.Refill(time, PerSecond, Capacity);
        bucket.IsFull(Capacity).ShouldBeTrue();
        Drain().ShouldBe(3);
    }

    [Fact]
    public void Refill_Used_AddsEvenlyAndNeverBeyondTheCapacity()
    {
        Drain();
        time.Advance(TimeSpan.FromMilliseconds(499));
        Drain().ShouldBe(0);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Drain().ShouldBe(1);
        time.Advance(TimeSpan.FromHours(1));
        Drain().ShouldBe(3);
    }

    [Fact]
    public void Refill_InManyParts_LosesNoTokenToRounding()
    {
        Drain();
        for (var i = 0; i < 10; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            bucket.Refill(time, PerSecond, Capacity);
        }

        bucket.HasToken.ShouldBeTrue();
    }

    [Fact]
    public void Refill_SmallerCapacity_CutsWhatIsThere()
    {
        bucket.Refill(time, PerSecond, Capacity);
        bucket.Refill(time, PerSecond, 1);
        bucket.Consume();
        bucket.HasToken.ShouldBeFalse();
    }

    [Fact]
    public void WaitFor_Debt_IsPaidFirst()
    {
        bucket.Refill(time, PerSecond, Capacity);
        bucket.Consume(7);
        bucket.WaitFor(0, PerSecond).ShouldBe(TimeSpan.FromSeconds(2));
        bucket.WaitFor(1, PerSecond).ShouldBe(TimeSpan.FromSeconds(2.5));
        time.Advance(TimeSpan.FromSeconds(2));
        bucket.Refill(time, PerSecond, Capacity);
        bucket.WaitFor(0, PerSecond).ShouldBe(TimeSpan.Zero);
        bucket.HasToken.ShouldBeFalse();
    }

    private int Drain()
    {
        bucket.Refill(time, PerSecond, Capacity);
        var taken = 0;
        for (; bucket.HasToken; taken++)
        {
            bucket.Consume();
        }

        return taken;
    }
}
