using Culvert.Identity.Cli.Output;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Output;

public sealed class CellTextTests
{
    [Theory]
    [InlineData("Größe 12 €", "Größe 12 €")]
    [InlineData("a\u001b[2Jb", "a\uFFFD[2Jb")]
    [InlineData("a\u202eb", "a\uFFFDb")]
    [InlineData("ops\u3164", "ops\\u3164")]
    [InlineData("ops\u200b", "ops\\u200b")]
    [InlineData("ops\u2060\u00ad", "ops\\u2060\\u00ad")]
    [InlineData("ops\U000e0041", "ops\\udb40\\udc41")]
    public void Safe_CharactersThatCannotBeSeen_AreShown(string text, string shown) =>
        CellText.Safe(text).ShouldBe(shown);
}
