using Culvert.Tunnel.Agent.Imports;

namespace Culvert.Tunnel.Agent.Tests.Imports;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("30000ms", 30_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("+2s", 2_000)]
    [InlineData("1us", 1)]
    [InlineData("1ns", 1)]
    [InlineData("0.1s", 100)]
    public void TryParse_Duration_IsInMilliseconds(string text, double milliseconds)
    {
        GoDuration.TryParse(text, out var duration).ShouldBeTrue();
        duration.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("-1s")]
    [InlineData("1d")]
    [InlineData("s")]
    [InlineData("1s ")]
    [InlineData("99999999999999h")]
    [InlineData("1h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1h")]
    public void TryParse_AnythingElse_IsFalse(string text) => GoDuration.TryParse(text, out _).ShouldBeFalse();
}
