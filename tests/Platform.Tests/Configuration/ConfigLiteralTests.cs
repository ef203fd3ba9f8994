using Culvert.Platform.Configuration;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Configuration;

public sealed class ConfigLiteralTests
{
    [Theory]
    [InlineData("5", true, ConfigLiteralKind.Number)]
    [InlineData("-0.5e+10", true, ConfigLiteralKind.Number)]
    [InlineData("5", false, ConfigLiteralKind.Text)]
    [InlineData("true", true, ConfigLiteralKind.Boolean)]
    [InlineData("true", false, ConfigLiteralKind.Text)]
    [InlineData("", false, ConfigLiteralKind.Text)]
    [InlineData("EUR", true, ConfigLiteralKind.Text)]
    [InlineData("a 5", true, ConfigLiteralKind.Text)]
    [InlineData("nothing", true, ConfigLiteralKind.Text)]
    public void TryParse_Value_IsWhatJsonTakesItFor(string text, bool isPlain, ConfigLiteralKind kind)
    {
        ConfigLiteral.TryParse(text, isPlain, out var literal).ShouldBeTrue();

        literal.ShouldBe(new ConfigLiteral(kind, text));
    }

    [Theory]
    [InlineData("05")]
    [InlineData("+5")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("5_000")]
    [InlineData("0x1F")]
    [InlineData("0o7")]
    [InlineData("-.inf")]
    [InlineData(".NaN")]
    [InlineData("yes")]
    [InlineData("Off")]
    [InlineData("TRUE")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("")]
    [InlineData("10.0.0.1")]
    [InlineData("2026-11-23")]
    public void TryParse_PlainValueThatYamlMayTakeForSomethingElse_IsNone(string text) =>
        ConfigLiteral.TryParse(text, isPlain: true, out _).ShouldBeFalse();
}
