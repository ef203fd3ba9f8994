using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Webhooks;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Notices;

public sealed class ExpiryThresholdsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    // A year: one second before a threshold, at it, and the most urgent of several.
    [InlineData(365, 320, -1, null)]
    [InlineData(365, 320, 0, 45)]
    [InlineData(365, 351, -1, 45)]
    [InlineData(365, 351, 0, 14)]
    [InlineData(365, 362, 0, 3)]
    [InlineData(365, 365, 0, 3)]
    [InlineData(365, 365, 1, null)]
    // A threshold beyond half the life is left out.
    [InlineData(89, 50, 0, null)]
    [InlineData(90, 45, 0, 45)]
    [InlineData(7, 4, 0, 3)]
    [InlineData(5, 4, 0, null)]
    public void Due_OfALifeOfDays_IsTheMostUrgentThreshold(int life, int day, int seconds, int? expected) =>
        ExpiryThresholds
            .Due(Start, Start.AddDays(life), Start.AddDays(day).AddSeconds(seconds), [45, 14, 3])
            .ShouldBe(expected);

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 300)]
    [InlineData(7, 36_000)]
    public void WaitAfter_Attempts_GrowsByTheSchedule(int attempts, int seconds)
    {
        WebhookSchedule.WaitAfter(attempts, 0).ShouldBe(TimeSpan.FromSeconds(seconds));
        WebhookSchedule.WaitAfter(attempts, 1).ShouldBe(TimeSpan.FromSeconds(seconds) * 1.1);
    }

    [Fact]
    public void WaitAfter_TheEighthAttempt_IsNoMore() => WebhookSchedule.WaitAfter(8, 0).ShouldBeNull();

    // The example of the Standard Webhooks specification's own libraries.
    [Fact]
    public void Sign_PublishedExample_IsTheirSignature() =>
        WebhookSignature
            .Sign(
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                DateTimeOffset.FromUnixTimeSeconds(1614265330),
                """{"test": 2432232314}"""u8
            )
            .ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}
