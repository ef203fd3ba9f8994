using Culvert.Ca.Orders;
using Culvert.Ca.Profiles;
using Culvert.Ca.Refusals;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Orders;

public sealed class ValidityWindowTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly CertificateProfile Agent = CertificateProfile.CreateValid(
        StandardProfiles.Agent(TimeSpan.FromHours(1))
    );

    [Fact]
    public void Decide_OneHour_EndsWithItsLastSecond()
    {
        ValidityWindow window = Decide(null).Value.ShouldNotBeNull();

        window.IssuedAt.ShouldBe(Now);
        window.NotBefore.ShouldBe(Now.AddMinutes(-1));
        window.NotAfter.ShouldBe(Now.AddMinutes(60).AddSeconds(-1));
        window.Life.ShouldBe(TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(24 * 3600, true)]
    [InlineData((24 * 3600) + 1, false)]
    public void Decide_AskedLife_IsBoundedNotTruncated(int seconds, bool granted)
    {
        CaResult<ValidityWindow> result = Decide(TimeSpan.FromSeconds(seconds));

        result.Succeeded.ShouldBe(granted);
        (result.Refusal?.Code ?? CaErrorCodes.ValidityInvalid).ShouldBe(CaErrorCodes.ValidityInvalid);
    }

    [Fact]
    public void Decide_ShortestLife_BackdatesAtMostHalf()
    {
        ValidityWindow window = Decide(TimeSpan.FromSeconds(5)).Value.ShouldNotBeNull();

        (window.IssuedAt - window.NotBefore).ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.999)]
    public void Decide_RenewalWindow_LiesAroundTwoThirdsOfLife(double fraction)
    {
        for (int i = 0; i < 100; i++)
        {
            ValidityWindow window = ValidityWindow
                .Decide(Agent, Now.AddSeconds(fraction), null, null, null, null, SerialNumber.Draw(1, Now))
                .Value.ShouldNotBeNull();

            window.RenewAfter.ShouldBeInRange(Now + (window.Life * 0.59), Now + (window.Life * 0.72));
            window.RenewBefore.ShouldBeInRange(Now + (window.Life * 0.61), Now + (window.Life * 0.74));
        }
    }

    [Fact]
    public void Decide_SameSerial_GivesTheSameWindow()
    {
        SerialNumber serial = SerialNumber.Draw(1, Now);

        ValidityWindow
            .Decide(Agent, Now, null, null, null, null, serial)
            .Value.ShouldBe(ValidityWindow.Decide(Agent, Now, null, null, null, null, serial).Value);
    }

    [Fact]
    public void Decide_IssuerEndsFirst_DefaultIsShortenedAndWishRefused()
    {
        var issuer = new IssuerPeriod(Now.AddDays(-1), Now.AddMinutes(10));

        Decide(null, issuer).Value.ShouldNotBeNull().NotAfter.ShouldBe(issuer.NotAfter);
        Decide(TimeSpan.FromSeconds(601), issuer).Succeeded.ShouldBeTrue();
        Decide(TimeSpan.FromSeconds(602), issuer).Refusal.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Decide_IssuerAboutToEnd_IsRefusedBelowTheShortestLife(int seconds, bool granted) =>
        Decide(null, new IssuerPeriod(Now.AddDays(-1), Now.AddSeconds(seconds))).Succeeded.ShouldBe(granted);

    [Fact]
    public void Decide_IssuerJustMade_BeginsWithIt() =>
        Decide(null, new IssuerPeriod(Now.AddSeconds(-10), Now.AddDays(1)))
            .Value.ShouldNotBeNull()
            .NotBefore.ShouldBe(Now.AddSeconds(-10));

    [Theory]
    [InlineData(1799, true)]
    [InlineData(1800, true)]
    [InlineData(1801, false)]
    public void Decide_AuthoritysBound_CapsTheDefaultAndRefusesMore(int seconds, bool granted)
    {
        CaResult<ValidityWindow> Decide(TimeSpan? life) =>
            ValidityWindow.Decide(Agent, Now, null, life, TimeSpan.FromMinutes(30), null, SerialNumber.Draw(1, Now));

        Decide(null).Value.ShouldNotBeNull().Life.ShouldBe(TimeSpan.FromMinutes(30));
        Decide(TimeSpan.FromSeconds(seconds)).Succeeded.ShouldBe(granted);
    }

    [Theory]
    [InlineData(-301, false)]
    [InlineData(-300, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Decide_AskedBegin_IsTakenWithinTheBackdatingAlone(int seconds, bool taken)
    {
        CaResult<ValidityWindow> window = ValidityWindow.Decide(
            Agent,
            Now,
            Now.AddSeconds(seconds),
            null,
            null,
            null,
            SerialNumber.Draw(1, Now)
        );

        window.Succeeded.ShouldBe(taken);
        if (taken)
        {
            window.Value.ShouldNotBeNull().NotBefore.ShouldBe(Now.AddSeconds(seconds));
        }
        else
        {
            window.Refusal.ShouldNotBeNull().Code.ShouldBe(CaErrorCodes.ValidityNotBefore);
        }
    }

    private static CaResult<ValidityWindow> Decide(TimeSpan? life, IssuerPeriod? issuer = null) =>
        ValidityWindow.Decide(Agent, Now, null, life, null, issuer, SerialNumber.Draw(1, Now));
}
