using System.Text;
using Culvert.Identity.Service.Federation.Assertions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Assertions;

public sealed class UntrustedTextTests
{
    // Half a surrogate pair is not valid text: a database that requires UTF-8 refuses it, and the whole batch with it.
    [Theory]
    [InlineData(254, 256)]
    [InlineData(255, 255)]
    [InlineData(256, 256)]
    public void Bounded_PairAtTheBound_IsCutWhole(int before, int expected)
    {
        var bounded = UntrustedText.Bounded(new string('a', before) + "😀");

        bounded.Length.ShouldBe(expected);
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(bounded).ShouldNotBeEmpty();
    }

    [Fact]
    public void Bounded_ControlCharacters_AreReplaced() =>
        UntrustedText.Bounded("a\r\nb\u0000c").ShouldBe("a\uFFFD\uFFFDb\uFFFDc");
}
