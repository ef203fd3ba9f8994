using Culvert.Platform.Certificates;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Certificates;

public sealed class RevokedSerialSetTests
{
    [Theory]
    [InlineData("02aa", true)]
    [InlineData("02ab", false)]
    [InlineData("01", true)]
    [InlineData("01ab", true)]
    [InlineData("0102", true)]
    [InlineData("1001", false)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void Contains_SingleNumbersAndAllOfAPrefix(string serial, bool isRevoked) =>
        new RevokedSerialSet(["02aa"], ["01", "7f"]).Contains(serial).ShouldBe(isRevoked);

    [Fact]
    public void Contains_WithoutPrefixes_SingleNumbersAlone()
    {
        var revoked = new RevokedSerialSet(["02aa"]);

        revoked.Contains("02aa").ShouldBeTrue();
        revoked.ShouldBe(["02aa"]);
        revoked.Contains("01abcdef012345").ShouldBeFalse();
    }
}
