using System.Text;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Mcp;

public sealed class JsonValuesTests
{
    private const int Most = JsonValues.MostOfMessage;

    [Theory]
    [InlineData("1", 1)]
    [InlineData("[]", 2)]
    [InlineData("""{"a":[1,"b",null]}""", 8)]
    [InlineData("", 0)]
    [InlineData("[1,]", 2)]
    public void Count_OfAText_IsOfItsNamesValuesAndEnds(string json, int count)
    {
        JsonValues.Count(Encoding.UTF8.GetBytes(json), Most).ShouldBe(count);
        JsonValues.Count(Encoding.UTF8.GetBytes(json), 1).ShouldBe(Math.Min(count, 2));
    }

    // The most values that a text of some length can have, of each kind.
    [Theory]
    [InlineData("[],")]
    [InlineData("{},")]
    [InlineData("1,")]
    [InlineData("\"\",")]
    [InlineData("{\"a\":1},")]
    [InlineData("[[[[]]]],")]
    public void Message_WithTooManyValues_IsRefusedWithoutATree(string part)
    {
        var message = Read(string.Concat(Enumerable.Repeat(part, Most)) + "1");

        message.Has(MessageErrors.TooManyValues).ShouldBeTrue();
        message.Values.ShouldBe(Most + 1);
        message.NamesOperation.ShouldBeFalse();
        message.IsRelayable.ShouldBeFalse();
        PolicyMessage
            .FindFailure(message, MessageHead.Read(new HeaderDictionary(), message), 64)
            .ShouldNotBeNull()
            .Reason.ShouldBe("policy.message_too_large");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Message_AtTheBound_IsRead(int more, bool isRead)
    {
        // Parts of the message besides the numbers.
        const int Others = 16;
        var message = Read(string.Join(',', Enumerable.Repeat("1", Most - Others + more)));

        message.Has(MessageErrors.TooManyValues).ShouldBe(!isRead);
        message.NamesOperation.ShouldBe(isRead);
    }

    [Fact]
    public void Answer_OfAServer_MayHaveMore()
    {
        var json =
            $$$"""{"jsonrpc":"2.0","id":1,"result":{"x":[{{{string.Join(',', Enumerable.Repeat("1", Most))}}}]}}""";

        MessageReader.ReadAnswer(Encoding.UTF8.GetBytes(json)).Errors.ShouldBe(MessageErrors.NoCapabilities);
    }

    [Theory]
    [InlineData("""{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}""", false)]
    [InlineData("""{"a":1,"b":{"c":1,"c":2}}""", true)]
    [InlineData("""{"a":{"x":1},"a":2}""", true)]
    [InlineData("""[{"a":1,"\u0061":2}]""", true)]
    [InlineData("""{"\u0061":1,"\u0062":2}""", false)]
    [InlineData("""{"":1,"":2}""", true)]
    [InlineData("""[[],{}]""", false)]
    public void Duplicate_Names_AreFoundInTheirObject(string json, bool exist) =>
        DuplicateNames.Exist(Encoding.UTF8.GetBytes(json), 64).ShouldBe(exist);

    [Fact]
    public void Duplicate_HalfASurrogatePair_IsNoName() =>
        Should.Throw<InvalidOperationException>(() => DuplicateNames.Exist("""{"\ud800":1}"""u8.ToArray(), 64));

    private static McpMessage Read(string values) =>
        MessageReader.Read(
            Encoding.UTF8.GetBytes(
                $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":[{{{values}}}]}}"""
            )
        );
}
