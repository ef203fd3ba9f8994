using System.Text;
using Culvert.Platform.Events;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Events;

/// <summary>HTML Standard §9.2.5 and §9.2.6.</summary>
public sealed class EventReaderTests
{
    [Theory]
    [InlineData("data: x\n\nrest", 9)]
    [InlineData("data: x\r\n\r\nrest", 11)]
    [InlineData("data: x\r\rrest", 9)]
    [InlineData("data: x\n\r\nrest", 10)]
    [InlineData("data: x\r\n\nrest", 10)]
    [InlineData("data: x\r\r", 0)] // an LF may follow
    [InlineData("data: x\r\n\r", 0)]
    [InlineData("data: x\n", 0)]
    [InlineData("data: x", 0)]
    [InlineData(": comment\ndata: x\n\n", 10)]
    [InlineData("\uFEFF: comment\n", 13)]
    public void GetFirstLength_EveryLineEnd_IsTheEvent(string stream, int length) =>
        EventReader.GetFirstLength(Encoding.UTF8.GetBytes(stream)).ShouldBe(length);

    [Theory]
    [InlineData("data: x\r\r", 9)]
    [InlineData("data: x\r\n\r", 10)]
    [InlineData("data: x\n\r", 9)]
    [InlineData("data: x\n\n", 9)]
    [InlineData("data: x\r\rdata: y", 9)]
    [InlineData("data: x\r", 0)] // the event is not over
    [InlineData("data: x\n", 0)]
    [InlineData("data: x", 0)]
    [InlineData("", 0)]
    public void GetFirstLength_AtTheEnd_TakesACarriageReturnForALineEnd(string stream, int length) =>
        EventReader.GetFirstLength(Encoding.UTF8.GetBytes(stream), isAtEnd: true).ShouldBe(length);

    [Theory]
    [InlineData("data: a\ndata: b\n\n", "a\nb")]
    [InlineData("data: a\rdata:b\r\r", "a\nb")]
    [InlineData("data\r\ndata:  b\r\n\r\n", "\n b")]
    [InlineData("\uFEFFdata: a\n\n", "a")]
    [InlineData("event: x\ndatax: a\nid: 1\n\n", "")]
    public void GetData_Lines_AreJoined(string whole, string data) =>
        Encoding.UTF8.GetString(EventReader.GetData(Encoding.UTF8.GetBytes(whole)).Span).ShouldBe(data);
}
