using Culvert.Platform.Events;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Events;

public sealed class EventStreamTests
{
    [Theory]
    [InlineData("text/event-stream", true)]
    [InlineData("Text/Event-Stream", true)]
    [InlineData("text/event-stream;charset=utf-8", true)]
    [InlineData("text/event-stream ; charset=UTF8", true)]
    [InlineData("text/event-stream;", true)] // MediaTypeHeaderValue takes neither this nor the next
    [InlineData("text/event-stream; charset=", true)]
    [InlineData("text/event-streams", false)]
    [InlineData("application/json", false)]
    [InlineData("application/json; x=text/event-stream", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void IsIn_ContentType_ByItsTypeAlone(string? contentType, bool expected)
    {
        using var response = new HttpResponseMessage { Content = new ByteArrayContent([]) };
        if (contentType is not null)
        {
            response.Content.Headers.TryAddWithoutValidation("Content-Type", contentType).ShouldBeTrue();
        }

        EventStream.IsIn(response).ShouldBe(expected);
        EventStream.IsNamedBy(contentType).ShouldBe(expected);
    }
}
