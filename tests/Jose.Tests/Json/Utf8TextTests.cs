using Culvert.Jose.Json;

namespace Culvert.Jose.Tests.Json;

public sealed class Utf8TextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("EF", "EF")]
    [InlineData("EFBB", "EFBB")]
    [InlineData("EFBBBF", "")]
    [InlineData("EFBBBF7B7D", "7B7D")]
    [InlineData("EFBBBFEFBBBF7B", "EFBBBF7B")] // the second one is a character of the text
    [InlineData("7BEFBBBF", "7BEFBBBF")]
    public void WithoutMark_OneMarkAtTheStart_IsLeftOut(string octets, string text) =>
        Convert.ToHexString(Utf8Text.WithoutMark(Convert.FromHexString(octets)).Span).ShouldBe(text);
}
