using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Acme;

public sealed class AcmeScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset Own = Now.AddDays(60);

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void RenewAt_NinetyDays_IsAboutTwoThirds(double unit)
    {
        var pair = new TunnelPki().Server(Now, Now.AddDays(90), "a.test");

        (AcmeSchedule.RenewAt(pair, unit) - Now).TotalDays.ShouldBe(60 + (4.5 * ((2 * unit) - 1)), 0.01);
    }

    [Fact]
    public void RenewAt_WindowOfTheCa_IsWithinIt()
    {
        var window = new RenewalWindow(Now, Now.AddHours(10), null);

        AcmeSchedule.RenewAt(window, Own, null, 0).ShouldBe(Now);
        AcmeSchedule.RenewAt(window, Own, null, 0.5).ShouldBe(Now.AddHours(5));
    }

    [Fact]
    public void RenewAt_CaWantsEveryCertificateRenewedAtOnce_IsObeyedOnceAndThenRarely()
    {
        var past = new RenewalWindow(Now.AddDays(-2), Now.AddDays(-1), null);

        AcmeSchedule.RenewAt(past, Own, null, 0.5).ShouldBeLessThan(Now);
        AcmeSchedule.RenewAt(past, Own, Now, 0.5).ShouldBe(Now.AddDays(2));
        AcmeSchedule.RenewAt(past, Own, Now.AddDays(-2), 0.5).ShouldBe(Now);
    }

    [Fact]
    public void RenewAt_ShortLifeAndHastenedCa_IsNeverLaterThanTwoThirdsOfTheLife()
    {
        var past = new RenewalWindow(Now.AddDays(-2), Now.AddDays(-1), null);

        AcmeSchedule.RenewAt(past, Now.AddHours(16), Now, 0.5).ShouldBe(Now.AddHours(16));
    }

    [Fact] // its own word: it knows when it will be ready
    public void RenewAt_CaWantsItLater_IsTheCasWindow()
    {
        var late = new RenewalWindow(Own.AddDays(1), Own.AddDays(3), null);

        AcmeSchedule.RenewAt(late, Own, Now, 0).ShouldBe(Own.AddDays(1));
    }

    [Theory]
    [InlineData(null, 6 * 60)]
    [InlineData(1, 1)]
    [InlineData(0, 1)]
    [InlineData(90, 90)]
    [InlineData(100_000, 24 * 60)]
    public void AskAt_WishOfTheCa_IsKeptWithinReason(int? minutes, int expected)
    {
        var window = new RenewalWindow(Now, Now, minutes is { } m ? TimeSpan.FromMinutes(m) : null);

        AcmeSchedule.GetRequestTime(window, Now).ShouldBe(Now.AddMinutes(expected));
    }

    [Fact]
    public void AskAt_CaDidNotSay_IsSoonAFewTimesForTroubleThatPasses()
    {
        Minutes(AcmeReason.Unreachable).ShouldBe([1, 2, 4, 8, 16, 360, 360]);
        Minutes(AcmeReason.ServerInternal).ShouldBe([1, 2, 4, 8, 16, 360, 360]);
        Minutes(AcmeReason.AnswerInvalid).ShouldAllBe(minutes => minutes == 360);
        Minutes(AcmeReason.Refused).ShouldAllBe(minutes => minutes == 360);

        static IEnumerable<double> Minutes(AcmeReason reason) =>
            Enumerable.Range(1, 7).Select(n => (AcmeSchedule.GetRequestTime(reason, n, Now) - Now).TotalMinutes);
    }

    [Fact]
    public void RetryAfter_RefusedByTheCa_NeverExceedsItsLimitsAndEndsAtHalfADay()
    {
        // Five failed validations per name and hour is what the largest public CA takes.
        var waits = Enumerable.Range(1, 20).Select(n => Retry(AcmeReason.Connection, n)).ToList();

        waits.Take(5).Aggregate((a, b) => a + b).ShouldBeGreaterThan(TimeSpan.FromMinutes(30));
        waits[^1].ShouldBe(TimeSpan.FromHours(6));
        waits.ShouldBe(waits.Order());
    }

    [Fact]
    public void RetryAfter_RecordIsMissing_IsSoonAndBounded()
    {
        Retry(AcmeReason.CaaMissing, 1).ShouldBe(TimeSpan.FromSeconds(5));
        Retry(AcmeReason.CaaMissing, 20).ShouldBe(TimeSpan.FromSeconds(150));
    }

    [Fact]
    public void RetryAfter_RateLimited_IsTheCasTime()
    {
        Retry(AcmeReason.RateLimited, 1, TimeSpan.FromHours(30)).ShouldBe(TimeSpan.FromHours(30));
        Retry(AcmeReason.RateLimited, 1, TimeSpan.FromDays(400)).ShouldBe(TimeSpan.FromDays(7));
        Retry(AcmeReason.RateLimited, 1).ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact] // five agents of one name order one after the other: the last must not wait five times as long each time
    public void RetryAfter_AnotherAgentsTurn_IsWhenThatIsOver()
    {
        Retry(AcmeReason.ChallengeTaken, 1, TimeSpan.FromSeconds(7)).ShouldBe(TimeSpan.FromSeconds(7));
        Retry(AcmeReason.ChallengeTaken, 20, TimeSpan.FromSeconds(7)).ShouldBe(TimeSpan.FromSeconds(7));
        Retry(AcmeReason.ChallengeTaken, 20).ShouldBe(AcmeSchedule.Distance);
    }

    private static TimeSpan Retry(AcmeReason reason, int failures, TimeSpan? wish = null) =>
        AcmeSchedule.RetryAfter(reason, failures, wish, 0);
}
