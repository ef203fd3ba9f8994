using Culvert.Platform.Net;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Net;

public sealed class RetryAfterHeaderTests
{
    [Theory]
    [InlineData("5", 5)]
    [InlineData("3600", 60)]
    [InlineData("Thu, 01 Jan 2026 00:00:20 GMT", 20)]
    [InlineData("0", null)]
    [InlineData("-5", null)]
    [InlineData("soon", null)]
    [InlineData("Thu, 01 Jan 2015 00:00:20 GMT", null)]
    public void Read_RetryAfter_IsBounded(string text, int? seconds)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("Retry-After", text);
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        RetryAfterHeader
            .Read(response.Headers, now, TimeSpan.FromSeconds(60))
            .ShouldBe(seconds is { } known ? TimeSpan.FromSeconds(known) : null);
    }
}
