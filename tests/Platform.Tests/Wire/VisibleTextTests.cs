using Culvert.Platform.Wire;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Wire;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Größe: 12 €, 日本", "Größe: 12 €, 日本")]
    [InlineData("pay\u202eyap", "pay\\u202eyap")]
    [InlineData("a\u200bb\u00adc\ufeff", "a\\u200bb\\u00adc\\ufeff")]
    [InlineData("a\u00a0b\u3000c", "a\\u00a0b\\u3000c")]
    [InlineData("a\nb\tc\0", "a\\u000ab\\u0009c\\u0000")]
    [InlineData("a\u2028b\ue000", "a\\u2028b\\ue000")]
    [InlineData("\U000e0041", "\\udb40\\udc41")]
    [InlineData("\\u202e", "\\u202e")]
    public void Escape_WritesOutWhatCannotBeSeen(string text, string shown) => VisibleText.Escape(text).ShouldBe(shown);
}
