using Culvert.Machine.Client.Credentials;
using Culvert.Platform.Wire;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Credentials;

public sealed class RenewalPlanTests
{
    [Theory]
    [InlineData(0, 60, 0.5, 30)]
    [InlineData(0, 60, 0, 0)]
    [InlineData(-60, 0, 0.5, -30)]
    [InlineData(0, 0, 0.5, 0)]
    [InlineData(60, 0, 0.5, 0)]
    public void Within_Window_IsSpreadByTheMachine(int start, int end, double unit, int expected)
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        RenewalPlan
            .Within(new SuggestedWindow(Start: now.AddSeconds(start), End: now.AddSeconds(end)), unit)
            .ShouldBe(now.AddSeconds(expected));
    }

    [Fact]
    public void UnitOf_ManyMachines_AreSpreadAndEachStaysWhereItIs()
    {
        var units = Enumerable.Range(0, 1000).Select(n => RenewalPlan.GetUnit($"agent {n}")).ToList();

        units.ShouldAllBe(unit => unit >= 0 && unit < 1);
        units.Count(unit => unit < 0.5).ShouldBeInRange(400, 600);
        RenewalPlan.GetUnit("agent 1").ShouldBe(units[1]);
    }

    private static readonly DateTimeOffset Issued = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Life counts from issuance: the backdated notBefore plays no part. All times in minutes after issuance.
    [Theory]
    [InlineData(60, 0, 60, 0.5, 40)] // two thirds
    [InlineData(60, 0, 60, 0.0, 37)] // spread by 5 % of the life
    [InlineData(60, 0, 60, 1.0, 43)]
    [InlineData(60, 38, 42, 0.5, 40)] // inside the server's window
    [InlineData(60, 45, 55, 0.0, 45)] // the window is later: its near edge, inwards
    [InlineData(60, 45, 55, 1.0, 50)]
    [InlineData(60, 10, 20, 0.0, 20)] // the window is earlier
    [InlineData(60, 10, 20, 1.0, 15)]
    [InlineData(60, -30, -20, 0.5, -22.5)] // in the past: now
    [InlineData(60, 50, 40, 0.5, 40)] // no window: two thirds
    [InlineData(60, 70, 80, 0.5, 40)] // after the end: two thirds
    public void RenewAt_WindowWinsOverTwoThirds(
        double life,
        double after,
        double before,
        double unit,
        double expected
    ) =>
        RenewalPlan
            .RenewAt(Certificate(life, after, before), unit)
            .ShouldBe(Issued.AddMinutes(expected), TimeSpan.FromMilliseconds(1));

    [Fact]
    public void RenewAt_AnyWindowWithinTheLife_IsKept() =>
        Prop.ForAll(
                Gen.Choose(0, 1000).Three().ToArbitrary(),
                t =>
                {
                    var (a, b, u) = t;
                    var (after, before) = (Math.Min(a, b) / 10.0, Math.Max(a, b) / 10.0);
                    var at = RenewalPlan.RenewAt(Certificate(100, after, before), u / 1001.0);
                    return at >= Issued.AddMinutes(after) && at <= Issued.AddMinutes(before);
                }
            )
            .CheckSeeded();

    [Theory]
    [InlineData(1, 20 * 60, 1.0, 0.5)]
    [InlineData(1, 20 * 60, 0.0, 0.25)] // half to all of it
    [InlineData(2, 20 * 60, 1.0, 1)]
    [InlineData(3, 20 * 60, 1.0, 2)]
    [InlineData(99, 20 * 60, 1.0, 300)] // at most a quarter of what is left, at most 5 min
    [InlineData(99, 60, 1.0, 15)]
    [InlineData(1, 1.6, 1.0, 0.4)] // a leaf of seconds
    [InlineData(99, 0.1, 1.0, 0.1)]
    [InlineData(99, 0, 1.0, 30)] // nothing left to protect
    [InlineData(99, -5, 1.0, 30)]
    public void RetryAfter_DoublesWithinItsBound(int failures, double remainingSeconds, double unit, double expected) =>
        RenewalPlan
            .RetryAfter(failures, TimeSpan.FromSeconds(remainingSeconds), unit)
            .ShouldBe(TimeSpan.FromSeconds(expected), TimeSpan.FromMilliseconds(1));

    private static CertificateDocument Certificate(double life, double after, double before) =>
        new(
            Serial: "1",
            CertificatePem: "",
            ChainPem: "",
            NotBefore: Issued.AddMinutes(-2),
            NotAfter: Issued.AddMinutes(life),
            IssuedAt: Issued,
            RenewAfter: Issued.AddMinutes(after),
            RenewBefore: Issued.AddMinutes(before)
        );
}
