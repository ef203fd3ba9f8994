using Culvert.Identity.Service.Certificates.Rotation;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Rotation;

public sealed class RotationScheduleTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    // A year, leaves of a day: half life, and the last sixth.
    [InlineData(360 * 24, 24, 24, 180 * 24, 300 * 24)]
    // Six days, leaves of a day: a leaf's life and skew before the end is earlier than the last sixth.
    [InlineData(6 * 24, 24, 24, 72, (5 * 24) - 1)]
    // Long leaves and a long propagation move everything forward.
    [InlineData(100, 60, 20, 19, 39)]
    public void Times_AreThoseOfTheReference(int life, int leaf, int propagation, int prepare, int activate)
    {
        var schedule = Schedule(life, leaf, propagation);

        schedule.PrepareAt.ShouldBe(Begin.AddHours(prepare));
        schedule.ActivateAt.ShouldBe(Begin.AddHours(activate));
    }

    [Theory]
    [InlineData("None", -1, "Nothing")]
    [InlineData("None", 0, "Prepare")]
    [InlineData("Unsigned", 0, "Sign")]
    [InlineData("Waiting", 0, "Nothing")]
    [InlineData("Staged", 0, "Nothing")]
    [InlineData("Staged", 299, "Nothing")]
    [InlineData("Staged", 300, "Activate")]
    [InlineData("None", 300, "Prepare")]
    public void Decide_AtTheSecond_AsksForOneStep(string phase, int hoursAfterPrepare, string due)
    {
        var schedule = Schedule(life: 900, leaf: 24, propagation: 24);
        var second = hoursAfterPrepare < 0 ? TimeSpan.FromSeconds(-1) : TimeSpan.FromHours(hoursAfterPrepare);

        schedule
            .Decide(Enum.Parse<SuccessorPhase>(phase), schedule.PrepareAt + second)
            .ShouldBe(Enum.Parse<RotationDue>(due));
    }

    private static RotationSchedule Schedule(int life, int leaf, int propagation) =>
        new(
            Begin,
            Begin.AddHours(life),
            TimeSpan.FromHours(leaf),
            TimeSpan.FromHours(1),
            TimeSpan.FromHours(propagation)
        );
}
