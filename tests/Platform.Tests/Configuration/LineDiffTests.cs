using Culvert.Platform.Configuration;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Configuration;

public sealed class LineDiffTests
{
    [Theory]
    [InlineData("a\nb\n", "a\nb\n", " a\n b")]
    [InlineData("", "a\n", "+a")]
    [InlineData("a\n", "", "-a")]
    [InlineData("a\nb\nc\n", "a\nx\nc\n", " a\n-b\n+x\n c")]
    [InlineData("a\nb\nc\nd\n", "b\nc\ne\nd\n", "-a\n b\n c\n+e\n d")]
    [InlineData("a\r\nb\r\n", "a\nb\n", " a\n b")]
    public void Write_ShowsEachLineWithItsSign(string before, string after, string expected) =>
        LineDiff.Write(before, after).ShouldBe(expected);

    // The middle counts as changed as a whole: every line of both sides is still shown.
    [Fact]
    public void Write_OfLongTexts_ShowsEveryLine()
    {
        var before = string.Concat(Enumerable.Range(0, 3000).Select(i => $"a{i}\n"));
        var after = string.Concat(Enumerable.Range(0, 3000).Select(i => $"b{i}\n"));

        var lines = LineDiff.Write($"same\n{before}", $"same\n{after}").Split('\n');

        lines[0].ShouldBe(" same");
        lines.Count(line => line[0] == '-').ShouldBe(3000);
        lines.Count(line => line[0] == '+').ShouldBe(3000);
    }
}
