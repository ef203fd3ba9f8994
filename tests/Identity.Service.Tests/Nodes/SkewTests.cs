using Culvert.Identity.Service.Nodes;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Nodes;

public sealed class SkewTests
{
    [Theory]
    [InlineData("1.4.2", "1.4.2", "same")]
    [InlineData("1.4.2", "1.4.1", "older")]
    [InlineData("1.4.2", "1.3.9", "older")]
    [InlineData("1.4.2", "1.5.0", "newer")]
    [InlineData("1.4.2", "1.2.9", "unsupported")]
    [InlineData("1.4.2", "1.6.0", "unsupported")]
    [InlineData("1.4.2", "2.4.2", "unsupported")]
    [InlineData("1.4.2-rc.1", "1.4.2", "same")]
    [InlineData("1.4.2", null, "unknown")]
    [InlineData("1.4.2", "", "unknown")]
    [InlineData("1.4.2", "next", "unknown")]
    public void Of_Version_SaysHowFar(string service, string? other, string skew) =>
        Skew.Describe(service, other).ShouldBe(skew);
}
