using System.Text;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

public sealed class CalloutNamesTests
{
    [Theory]
    [InlineData("{\"label\":\"a\"}", "{\"name\":\"a\"}")]
    [InlineData("{\"name\":\"a\"}", "{\"label\":\"a\"}")]
    [InlineData("{\"name\":\"a\",\"label\":\"b\"}", "{\"label\":\"a\",\"name\":\"b\"}")]
    [InlineData("{ \"label\" : \"a\", \"method\":\"GET\" }", "{ \"name\" : \"a\", \"method\":\"GET\" }")]
    [InlineData("{\"l\\u0061bel\":\"a\"}", "{\"name\":\"a\"}")] // the same member in another spelling
    [InlineData("{\"method\":\"GET\",\"label\":1}", "{\"method\":\"GET\",\"name\":1}")]
    public void ToOwn_ExchangesTheTwoNames(string arguments, string own) => ToOwn(Call(arguments)).ShouldBe(Call(own));

    [Theory]
    [InlineData("{\"headers\":{\"label\":\"a\",\"name\":\"b\"}}")]
    [InlineData("{\"body\":\"label\"}")]
    [InlineData("{\"Label\":\"a\"}")]
    [InlineData("{\"label\":\"a\",\"label\":\"b\"}")] // refused later, as it is
    [InlineData("{\"label\":\"a\",\"l\\u0061bel\":\"b\"}")]
    [InlineData("[\"label\"]")]
    [InlineData("{}")]
    public void ToOwn_WhatIsNotTheMember_StaysAsItIs(string arguments) =>
        ToOwn(Call(arguments)).ShouldBe(Call(arguments));

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"a","arguments":{"label":"a"}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"label":"a"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"call_target"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"label":"a"}}""")]
    [InlineData("""[{"label":"a"}]""")]
    [InlineData("")]
    [InlineData("{")]
    public void ToOwn_OtherMessages_StayAsTheyAre(string message) => ToOwn(message).ShouldBe(message);

    private static string Call(string arguments) =>
        $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"call_target","arguments":{{{arguments}}}}}""";

    private static string ToOwn(string message) =>
        Encoding.UTF8.GetString(CalloutNames.ToOwn(MessageReader.Read(Encoding.UTF8.GetBytes(message))).Span);
}
