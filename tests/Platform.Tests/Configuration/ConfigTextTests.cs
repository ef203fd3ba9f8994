using Culvert.Platform.Configuration;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Configuration;

public sealed class ConfigTextTests
{
    [Theory]
    [InlineData("500ms")]
    [InlineData("30s")]
    [InlineData("5m")]
    [InlineData("23h")]
    [InlineData("90d")]
    [InlineData("0s")]
    public void Duration_RoundTrips(string written)
    {
        ConfigText.TryDuration(written, out var value).ShouldBeTrue();
        ConfigText.Duration(value).ShouldBe(written);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1023")]
    [InlineData("64KiB")]
    [InlineData("1MiB")]
    [InlineData("3GiB")]
    public void Size_RoundTrips(string written)
    {
        ConfigText.TrySize(written, out var value).ShouldBeTrue();
        ConfigText.Size(value).ShouldBe(written);
    }

    [Theory]
    [InlineData("0/1s")]
    [InlineData("1/0s")]
    [InlineData("1")]
    [InlineData("1/1")]
    [InlineData("1/1s/1s")]
    [InlineData("-1/1s")]
    public void Rate_Malformed_IsRefused(string written) => Rate.TryParse(written, out _).ShouldBeFalse();
}
