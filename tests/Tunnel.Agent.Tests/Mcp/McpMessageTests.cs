using System.Text;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Tests.Mcp;

/// <summary>What a relay reads of a message must be what every program reads.</summary>
public sealed class McpMessageTests
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
    public void IsRelayable_WhatAnotherReaderReadsOtherwise_IsNot(string text) =>
        ShouldBeRelayable(text, isRelayable: false);

    [Theory]
    [InlineData("""{"id":1,"method":"tools/call","params":{"progressToken":7,"_meta":{"progressToken":8}}}""")]
    [InlineData("""{"params":{"progressToken":7},"id":1,"method":"tools/call"}""")]
    [InlineData("""{"id":1,"method":"notifications/progress","params":{"progressToken":7}}""")]
    public void IsRelayable_RequestWithATokenOutsideOfMeta_IsNot(string text) =>
        ShouldBeRelayable(text, isRelayable: false);

    [Fact]
    public void Token_OfProgress_IsThatOfItsParameters()
    {
        var message = ReadBoth(
            """{"method":"notifications/progress","params":{"progressToken":7,"_meta":{"progressToken":8}}}"""
        )[0];

        Encoding.UTF8.GetString(message.Token.Span).ShouldBe("7");
    }

    [Theory]
    [InlineData("""{"id":1,"method":"\ud800"}""")]
    [InlineData("""{"id":1,"method":"ping","\ud800":1}""")]
    [InlineData("""{"id":1,"method":"tools/call","params":{"name":"\udc00"}}""")]
    [InlineData("""{"id":1,"error":{"\ud800":1}}""")]
    [InlineData("""{"id":1,"method":"tools/call","params":{"name":"a","arguments":{"\ud800":1}}}""")]
    public void Read_HalfASurrogatePair_IsNotAFault(string text) => Should.NotThrow(() => ReadBoth(text));

    [Fact]
    public void IsRelayable_WhatIsTheProgramsOwn_DoesNotMatter()
    {
        var messages = ReadBoth(
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","größe":1,"arguments":{"Name":1,"name":2,"ID":3,"x":1,"x":2},"_meta":{"größe":1,"progressToken":"t"}}}"""
        );

        foreach (var message in messages)
        {
            message.IsRelayable.ShouldBeTrue();
            message.Name.ShouldBe("a");
            Encoding.UTF8.GetString(message.Token.Span).ShouldBe("\"t\"");
        }
    }

    [Theory]
    [InlineData(McpMessage.MaxDepth, true)]
    [InlineData(McpMessage.MaxDepth + 1, false)]
    public void IsRelayable_DeepParameters_AreBounded(int depth, bool isRelayable)
    {
        var levels = depth - 2; // the message and its parameters are two
        var value = new string('[', levels) + new string(']', levels);

        ShouldBeRelayable($$$"""{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":{{{value}}}}}""", isRelayable);
        ReadBoth($$$"""{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":{{{value}}}}}""")[0].Depth.ShouldBe(depth);
    }

    [Fact]
    public void With_OtherValues_ReplacesOnlyThose()
    {
        var message = ReadBoth(
            """{"jsonrpc":"2.0", "id":"a","method":"tools/call","params":{"_meta":{"progressToken":7},"name":"x"}}"""
        )[0];

        var line = message.With((message.Token, "12"u8.ToArray()), (message.Id, "5"u8.ToArray()));

        Encoding
            .UTF8.GetString(line)
            .ShouldBe(
                """{"jsonrpc":"2.0", "id":5,"method":"tools/call","params":{"_meta":{"progressToken":12},"name":"x"}}"""
            );
    }

    private static void ShouldBeRelayable(string text, bool isRelayable) =>
        ReadBoth(text).ShouldAllBe(message => message.IsRelayable == isRelayable, text);

    // As what a client says, and as what a program says.
    private static McpMessage[] ReadBoth(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [MessageReader.Read(bytes), MessageReader.ReadAnswer(bytes)];
    }
}
