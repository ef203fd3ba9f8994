using System.Globalization;
using System.Net;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Limits;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Limits;

/// <summary>A source that keeps failing, and the good credentials behind the same address.</summary>
public sealed class FailedAuthenticationTests
{
    private static readonly IPAddress Source = IPAddress.Parse("192.0.2.1");
    private static readonly RateLimit One = new(1, TimeSpan.FromDays(1));

    private readonly FakeTimeProvider time = new();

    [Theory]
    [InlineData("192.0.2.1", "good", true)]
    [InlineData("192.0.2.1", "other", false)]
    [InlineData("192.0.2.2", "other", true)] // it has not failed
    public void Check_SourceAtBothBounds_ExaminesWhatItAcceptedBefore(string from, string credential, bool isExamined)
    {
        var failed = Exhausted(accepted: "good");

        (failed.Check(IPAddress.Parse(from), credential) is null).ShouldBe(isExamined);
    }

    [Fact]
    public void Check_SourceAtTheBoundOfFailures_ExaminesAtTheRateOfPathsWithoutCredential()
    {
        var unauthenticated = new SourceRateLimiter(One, time);
        var failed = new FailedAuthentication(new SourceRateLimiter(One, time), unauthenticated, time);
        failed.Fail(Source, "bad");

        failed.Check(Source, "unknown").ShouldBeNull();
        failed.Check(Source, "unknown").ShouldNotBeNull().Code.ShouldBe(RequestErrors.RateLimited);
        unauthenticated.IsExhausted(Source).ShouldNotBeNull();
    }

    [Fact]
    public void Check_AcceptedAtAnotherAddressOfTheSameNetwork_IsExamined()
    {
        var failed = Exhausted("good", "2001:db8::1");

        failed.Check(IPAddress.Parse("2001:db8::2"), "good").ShouldBeNull();
        failed.Check(IPAddress.Parse("2001:db8::2"), "other").ShouldNotBeNull();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Check_AcceptedAnHourAgo_IsExaminedNoLonger(int seconds, bool isExamined)
    {
        var failed = Exhausted(accepted: "good");

        time.Advance(FailedAuthentication.RememberedFor + TimeSpan.FromSeconds(seconds));

        (failed.Check(Source, "good") is null).ShouldBe(isExamined);
    }

    [Fact] // revoked, expired, or stolen without the key that it is bound to
    public void Fail_CredentialThatWasAccepted_IsForgotten()
    {
        var failed = Exhausted(accepted: "good");

        failed.Fail(Source, "good");

        failed.Check(Source, "good").ShouldNotBeNull();
    }

    [Fact]
    public void Accept_MoreThanTheBound_ForgetsTheOldest()
    {
        var failed = Exhausted(accepted: "first");
        for (var i = 0; i < FailedAuthentication.MaxAccepted; i++)
        {
            time.Advance(TimeSpan.FromTicks(1));
            failed.Accept(Source, i.ToString(CultureInfo.InvariantCulture));
        }

        failed.Check(Source, "first").ShouldNotBeNull();
        failed.Check(Source, $"{FailedAuthentication.MaxAccepted - 1}").ShouldBeNull();
    }

    private FailedAuthentication Exhausted(string accepted, string source = "192.0.2.1")
    {
        var address = IPAddress.Parse(source);
        var unauthenticated = new SourceRateLimiter(One, time);
        var failed = new FailedAuthentication(new SourceRateLimiter(One, time), unauthenticated, time);
        failed.Accept(address, accepted);
        failed.Fail(address, "bad");
        unauthenticated.TryTake(address);
        return failed;
    }
}
