using Culvert.Platform.Certificates;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Certificates;

public sealed class InstanceIdTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("0")]
    [InlineData("a-1")]
    [InlineData("a-")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123")] // 63
    public void TryParse_WithinTheRule_IsAccepted(string text) => InstanceId.TryParse(text, out _).ShouldBeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("A")]
    [InlineData("a_b")]
    [InlineData("a\n")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")] // 64
    public void TryParse_OutsideTheRule_IsRefused(string? text) => InstanceId.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void NewRandom_IsValidAndNew()
    {
        var id = InstanceId.NewRandom();

        InstanceId.TryParse(id.Value, out _).ShouldBeTrue();
        InstanceId.NewRandom().ShouldNotBe(id);
    }
}
