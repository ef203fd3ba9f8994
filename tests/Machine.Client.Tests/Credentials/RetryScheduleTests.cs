using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Credentials;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Credentials;

public sealed class RetryScheduleTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void NotBefore_NothingFailed_IsInThePast() => Schedule().NotBefore.ShouldBeLessThan(time.GetUtcNow());

    [Fact]
    public void Fail_InARow_WaitsTwiceAsLongEachTime()
    {
        var schedule = Schedule();

        schedule.Fail(Failure(), notAfter: null).ShouldBe(TimeSpan.FromSeconds(0.5));
        schedule.Fail(Failure(), notAfter: null).ShouldBe(TimeSpan.FromSeconds(1));
        schedule.NotBefore.ShouldBe(time.GetUtcNow().AddSeconds(1));
    }

    [Fact]
    public void Fail_LittleLifeLeft_SeveralTriesFit()
    {
        var schedule = Schedule();

        var delay = schedule.Fail(Failure(), time.GetUtcNow().AddSeconds(1));

        delay.ShouldBe(TimeSpan.FromSeconds(0.25));
    }

    [Fact]
    public void Fail_ServiceAsksForMore_IsHeard() =>
        Schedule().Fail(Failure(retryAfter: TimeSpan.FromMinutes(1)), null).ShouldBe(TimeSpan.FromMinutes(1));

    [Fact]
    public void Succeed_AfterFailures_BeginsAnew()
    {
        var schedule = Schedule();
        schedule.Fail(Failure(), null);
        schedule.Fail(Failure(), null);

        schedule.Succeed();

        schedule.NotBefore.ShouldBeLessThan(time.GetUtcNow());
        schedule.Fail(Failure(), null).ShouldBe(TimeSpan.FromSeconds(0.5));
    }

    [Fact]
    public void NotBefore_Waived_IsReadWithoutBeingUsedUp()
    {
        var schedule = Schedule();
        schedule.Fail(Failure(), null);

        schedule.Waive();

        schedule.NotBefore.ShouldBeLessThan(time.GetUtcNow());
        schedule.NotBefore.ShouldBeLessThan(time.GetUtcNow());
    }

    [Fact]
    public void Begin_AfterAWaiver_UsesItUp()
    {
        var schedule = Schedule();
        schedule.Waive();

        schedule.Begin();
        schedule.Fail(Failure(), null);

        schedule.NotBefore.ShouldBe(time.GetUtcNow().AddSeconds(0.5));
    }

    [Fact]
    public void Waive_WhileAnAttemptIsUnderWay_HoldsForTheNext()
    {
        var schedule = Schedule();
        schedule.Begin();
        schedule.Waive();

        schedule.Fail(Failure(), null);

        schedule.NotBefore.ShouldBeLessThan(time.GetUtcNow());
    }

    private RetrySchedule Schedule() => new(time, () => 1);

    private static ApiFailure Failure(TimeSpan? retryAfter = null) =>
        new()
        {
            Kind = ApiFailureKind.Unreachable,
            Operation = "test",
            Message = "not there",
            RetryAfter = retryAfter,
        };
}
