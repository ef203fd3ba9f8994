using Culvert.Platform.Doctor;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Doctor;

public sealed class DoctorFindingTests
{
    private static readonly DoctorLine Good = new(true, "a: fine", "nothing to do");

    [Fact]
    public void FromEach_AllGood_PassesWithTheirLines()
    {
        var finding = FromEach(Good);

        (finding.Id, finding.Status, finding.Summary).ShouldBe(("names", DoctorStatus.Pass, "All resolve."));
        finding.Evidence.ShouldBe(["a: fine"]);
        finding.Next.ShouldBeEmpty();
    }

    [Fact]
    public void FromEach_NotGood_FailsWithTheStepsOfThoseOnceEach()
    {
        var finding = FromEach(Good, new(false, "b: gone", "fix DNS", "ask"), new(false, "c: gone", "fix DNS"));

        (finding.Status, finding.Summary, finding.Why).ShouldBe((DoctorStatus.Fail, "2 do not resolve.", "Why."));
        finding.Next.ShouldBe(["fix DNS", "ask"]);
        finding.Evidence.ShouldBe(["b: gone", "c: gone"]);
    }

    [Fact]
    public void FromEach_ShowsGood_FailsWithTheGoodLinesLast() =>
        DoctorFinding
            .FromEach("names", [Good, new(false, "b: gone")], "All.", bad => $"{bad}", "Why.", showsGood: true)
            .Evidence.ShouldBe(["b: gone", "a: fine"]);

    private static DoctorFinding FromEach(params DoctorLine[] lines) =>
        DoctorFinding.FromEach("names", lines, "All resolve.", bad => $"{bad} do not resolve.", "Why.");
}
