using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.Pins;
using Microsoft.AspNetCore.Http;
using static Culvert.Tunnel.Agent.Tests.Policy.Policies;

namespace Culvert.Tunnel.Agent.Tests.Mcp;

/// <summary>
/// Each place of a message that has significant names, with each name that a reader could take for one of them: before and
/// behind the true one.
/// </summary>
public sealed class MessageNamesTests
{
    private const string Call =
        """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","arguments":{}}}""";

    private const string Complete =
        """{"jsonrpc":"2.0","id":7,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"p"}}}""";

    private const string Modern =
        """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","progressToken":1}}}""";

    [Theory]
    [InlineData(Call, "jsonrpc")]
    [InlineData(Call, "id")]
    [InlineData(Call, "method")]
    [InlineData(Call, "params")]
    [InlineData(Call, "name")]
    [InlineData(Call, "arguments")]
    [InlineData(Complete, "ref")]
    [InlineData(Complete, "type")]
    [InlineData(Complete, "name")]
    [InlineData(Modern, "_meta")]
    [InlineData(Modern, "progressToken")]
    [InlineData(Modern, "io.modelcontextprotocol/protocolVersion")]
    public void Client_NameThatCouldBeTakenForAnother_IsRefused(string message, string name)
    {
        foreach (var variant in LookAlikeNames.Of(name))
        {
            foreach (var text in Besides(message, name, variant))
            {
                var read = MessageReader.Read(Encoding.UTF8.GetBytes(text));

                PolicyMessage
                    .FindFailure(read, MessageHead.Read(new HeaderDictionary(), read), 64)
                    .ShouldNotBeNull(text)
                    .Reason.ShouldBe("policy.message_lookalike_key", text);
                read.NamesOperation.ShouldBeFalse();
            }
        }
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/message"}""", "method")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""", "result")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}""", "tools")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"inputRequests":{}}}""", "inputRequests")]
    public void Server_NameThatCouldBeTakenForAnother_MakesTheMessageAmbiguous(string message, string name)
    {
        var filter = new MessageFilter(Compile(Allow("a", "*")), default, hasLists: true, isModern: false);
        foreach (var text in LookAlikeNames.Of(name).SelectMany(variant => Besides(message, name, variant)))
        {
            filter.Apply(Encoding.UTF8.GetBytes(text)).Fate.ShouldBe(MessageFate.Ambiguous, text);
        }
    }

    [Fact]
    public void List_EntryWithASecondName_IsHidden()
    {
        var filter = new MessageFilter(Compile(Allow("a", "*")), default, hasLists: true, isModern: false);
        foreach (var entry in LookAlikeNames.Of("name").SelectMany(v => Besides("""{"name":"a"}""", "name", v)))
        {
            var filtered = filter.Apply(
                Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","id":1,"result":{"tools":[{{{entry}}}]}}""")
            );

            filtered.Hidden.ShouldBe(1, entry);
        }
    }

    [Fact]
    public void InputRequest_WithASecondMethod_IsRefused()
    {
        var rules = Compile(
            new PolicyRule
            {
                Name = "m",
                Effect = PolicyEffect.Allow,
                Methods = ["roots/list"],
            }
        );
        var filter = new MessageFilter(rules, default, hasLists: false, isModern: true);
        foreach (
            var ask in LookAlikeNames.Of("method").SelectMany(v => Besides("""{"method":"roots/list"}""", "method", v))
        )
        {
            var filtered = filter.Apply(
                Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","id":1,"result":{"inputRequests":{"a":{{{ask}}} } } }""")
            );

            Encoding.UTF8.GetString(filtered.Replacement.Span).ShouldContain("\"error\"", Case.Sensitive, ask);
        }
    }

    [Fact]
    public void Definition_WithASecondDescription_IsNotPinned()
    {
        foreach (
            var entry in LookAlikeNames
                .Of("description")
                .SelectMany(v => Besides("""{"name":"a","description":"d"}""", "description", v))
        )
        {
            Definitions.Read(PinKind.Tool, "a", entry).ShouldBeNull(entry);
        }
    }

    [Fact]
    public void Names_ThatNoReaderMixesUp_Pass()
    {
        var text = Call.Replace("\"name\"", "\"names\":1,\"na_me\":2,\"title\":3,\"name\"", StringComparison.Ordinal);
        var read = MessageReader.Read(Encoding.UTF8.GetBytes(text));

        PolicyMessage.FindFailure(read, MessageHead.Read(new HeaderDictionary(), read), 64).ShouldBeNull();
    }

    // The same member under the other name, with its value, before and behind it.
    private static IEnumerable<string> Besides(string message, string name, string variant)
    {
        var at = message.IndexOf($"\"{name}\":", StringComparison.Ordinal);
        var second = $"{JsonSerializer.Serialize(variant)}:\"x\"";
        yield return message.Insert(at, second + ",");
        var end = EndOfValue(message, at + name.Length + 3);
        yield return message.Insert(end, "," + second);
    }

    private static int EndOfValue(string message, int start)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes("[" + message[start..]));
        reader.Read();
        reader.Read();
        reader.Skip();
        return start + (int)reader.BytesConsumed - 1;
    }
}
