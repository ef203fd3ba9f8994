using System.Globalization;
using Culvert.Ca.Orders;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Orders;

public sealed class SerialNumberTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0x01, "01")]
    [InlineData(0x7f, "7f")]
    public void Draw_Prefix_LeadsTheNumber(byte prefix, string hex)
    {
        SerialNumber serial = SerialNumber.Draw(prefix, Now);

        serial.Hex.Length.ShouldBe(36);
        serial.Hex[..2].ShouldBe(hex);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x80)]
    public void Draw_PrefixOutOfRange_Throws(byte prefix) =>
        Should.Throw<ArgumentOutOfRangeException>(() => SerialNumber.Draw(prefix, Now));

    /// <summary>The beginning is for their index, and the rest cannot be guessed.</summary>
    [Fact]
    public void Draw_InOneSecond_HaveTheirBeginningInCommonAndNoMore()
    {
        List<string> drawn = [.. Enumerable.Range(0, 1000).Select(_ => SerialNumber.Draw(5, Now).Hex)];

        drawn.Select(hex => hex[..4]).Distinct().ShouldHaveSingleItem();
        for (int octet = 2; octet < 18; octet++)
        {
            drawn.Select(hex => hex.Substring(2 * octet, 2)).Distinct().Count().ShouldBeGreaterThan(200);
        }
    }

    [Fact]
    public void Draw_ASecondLater_BeginsWithTheNextOctet() =>
        SerialNumber
            .Draw(5, Now.AddSeconds(1))
            .Hex[2..4]
            .ShouldBe(((byte)(Now.ToUnixTimeSeconds() + 1)).ToString("x2", CultureInfo.InvariantCulture));

    [Fact]
    public void TryParse_OwnForm_GivesTheSameNumber()
    {
        SerialNumber serial = SerialNumber.Draw(5, Now);

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
