using Culvert.Platform.Doctor;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Doctor;

public sealed class StatusColoursTests
{
    [Fact]
    public void Paint_Report_ColoursStatusesAlone() =>
        StatusColours
            .Paint(
                "CHECK edges  PASS  all FAIL words\nCHECK call   FAIL  no\n      CHECK x  FAIL\nRESULT FAIL\nFAILED_CHECKS call"
            )
            .ShouldBe(
                "CHECK edges  \e[32mPASS\e[0m  all FAIL words\nCHECK call   \e[31mFAIL\e[0m  no\n      CHECK x  FAIL\nRESULT \e[31mFAIL\e[0m\nFAILED_CHECKS call"
            );

    [Theory]
    [InlineData(true, null, "xterm", true)]
    [InlineData(true, "", "xterm", true)]
    [InlineData(true, "1", "xterm", false)]
    [InlineData(true, null, "dumb", false)]
    [InlineData(true, null, null, false)]
    [InlineData(false, null, "xterm", false)]
    public void AreWanted_OnATerminalThatCan_UnlessRefused(
        bool isTerminal,
        string? noColour,
        string? term,
        bool wanted
    ) => StatusColours.AreEnabled(isTerminal, name => name == "NO_COLOR" ? noColour : term).ShouldBe(wanted);
}
