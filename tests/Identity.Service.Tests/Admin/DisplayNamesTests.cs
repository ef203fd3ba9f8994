using Culvert.Identity.Service.Admin;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Admin;

public sealed class DisplayNamesTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void Check_Length_IsBounded(int length, bool isValid) =>
        (DisplayNames.Check(new string('x', length)) is null).ShouldBe(isValid);

    [Theory]
    [InlineData("Example Corp", true)]
    [InlineData("  ", false)]
    [InlineData("line\nfeed", false)]
    [InlineData("null\0", false)]
    public void Check_Characters_MustBePrintable(string name, bool isValid) =>
        (DisplayNames.Check(name) is null).ShouldBe(isValid);
}
