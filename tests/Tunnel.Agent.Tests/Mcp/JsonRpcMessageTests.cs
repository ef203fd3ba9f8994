using System.Text;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Tests.Mcp;

/// <summary>What a relay reads of a message must be what every program reads.</summary>
public sealed class JsonRpcMessageTests
{
    [Theory]
    [InlineData("""{"id":1,"method":"ping","ID":2}""")]
    [InlineData("""{"id":1,"method":"ping","Method":"tools/call"}""")]
    [InlineData("""{"id":1,"method":"ping","params":{},"param\u017F":{}}""")]
    [InlineData("""{"id":1,"method":"ping","größe":1}""")]
    [InlineData("""{"id":1,"method":"tools/call","params":{"name":"a","name":"b"}}""")]
    [InlineData("""{"id":1,"method":"tools/call","params":{"name":"a","Name":"b"}}""")]
    [InlineData("""{"id":1,"method":"resources/read","params":{"uri":"a","uri":"b"}}""")]
    [InlineData("""{"id":1,"method":"tools/call","params":{"_meta":{},"_Meta":{"progressToken":1}}}""")]
    [InlineData("""{"id":1,"method":"tools/call","params":{"_meta":{"progressToken":1,"ProgressToken":2}}}""")]
    [InlineData("""{"id":1,"method":"tools/call","params":{"_meta":{"progressTo\u212Aen":2}}}""")]
    [InlineData("""{"method":"notifications/cancelled","params":{"requestId":1,"RequestID":2}}""")]
    public void TryRead_WhatAnotherReaderReadsOtherwise_IsRefused(string text) => Read(text).ShouldBeNull();

    [Theory]
    [InlineData("""{"id":1,"method":"tools/call","params":{"progressToken":7,"_meta":{"progressToken":8}}}""")]
    [InlineData("""{"params":{"progressToken":7},"id":1,"method":"tools/call"}""")]
    [InlineData("""{"id":1,"method":"notifications/progress","params":{"progressToken":7}}""")]
    public void TryRead_RequestWithATokenOutsideOfMeta_IsRefused(string text) => Read(text).ShouldBeNull();

    [Fact]
    public void TryRead_Progress_HasTheTokenOfItsParameters()
    {
        var message = Read(
            """{"method":"notifications/progress","params":{"progressToken":7,"_meta":{"progressToken":8}}}"""
        );

        Encoding.UTF8.GetString(message!.Token.Span).ShouldBe("7");
    }

    [Theory]
    [InlineData("""{"id":1,"method":"\ud800"}""")]
    [InlineData("""{"id":1,"method":"ping","\ud800":1}""")]
    [InlineData("""{"id":1,"method":"tools/call","params":{"name":"\udc00"}}""")]
    [InlineData("""{"id":1,"error":{"\ud800":1}}""")]
    public void TryRead_HalfASurrogatePair_IsNoMessage(string text) => Should.NotThrow(() => Read(text));

    [Fact]
    public void TryRead_WhatIsTheProgramsOwn_IsNobodysBusiness()
    {
        var message = Read(
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","größe":1,"arguments":{"Name":1,"name":2,"ID":3},"_meta":{"größe":1,"progressToken":"t"}}}"""
        );

        message!.Name.ShouldBe("a");
        Encoding.UTF8.GetString(message.Token.Span).ShouldBe("\"t\"");
    }

    private static JsonRpcMessage? Read(string text) =>
        JsonRpcMessage.TryRead(Encoding.UTF8.GetBytes(text), out var message) ? message : null;
}
