using Culvert.Ca.Orders;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Orders;

public sealed class SerialNumberTests
{
    [Theory]
    [InlineData(0x01, "01")]
    [InlineData(0x7f, "7f")]
    public void Draw_Prefix_LeadsTheNumber(byte prefix, string hex)
    {
        SerialNumber serial = SerialNumber.Draw(prefix);

        serial.Hex.Length.ShouldBe(36);
        serial.Hex[..2].ShouldBe(hex);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x80)]
    public void Draw_PrefixOutOfRange_Throws(byte prefix) =>
        Should.Throw<ArgumentOutOfRangeException>(() => SerialNumber.Draw(prefix));

    [Fact]
    public void TryParse_OwnForm_GivesTheSameNumber()
    {
        SerialNumber serial = SerialNumber.Draw(5);

        SerialNumber.TryParse(serial.Hex, out SerialNumber? parsed).ShouldBeTrue();
        parsed.ShouldBe(serial);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("80112233445566778899aabbccddeeff0011")]
    [InlineData("00112233445566778899aabbccddeeff0011")]
    [InlineData("01112233445566778899AABBCCDDEEFF0011")]
    public void TryParse_AnythingElse_Fails(string hex) => SerialNumber.TryParse(hex, out _).ShouldBeFalse();
}
