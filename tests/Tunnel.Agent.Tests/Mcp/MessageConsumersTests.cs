using System.Text;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Mcp;

/// <summary>
/// One reading of a message for all who go by it: the gate's scopes, the policy, the relay to programs and callouts. What
/// one of them must not misunderstand, none of them passes on.
/// </summary>
public sealed class MessageConsumersTests
{
    // A message, and whether gate, policy and relay take it.
    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a"}}""", true, true, true)]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", true, true, true)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""", true, true, true)]
    // Not JSON, or not one message.
    [InlineData("", false, false, false)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping"} {}""", false, false, false)]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"ping"}]""", false, false, false)]
    [InlineData("1", false, false, false)]
    // Members that are there twice.
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}""", false, false, false)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","meth\u006fd":"tools/call"}""", false, false, false)]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}""",
        false,
        false,
        false
    )]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"b":1},"arguments":{}}}""",
        false,
        false,
        false
    )]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"b":1,"b":2}}}""",
        false,
        false,
        true // the program's own
    )]
    // Members that another reader takes for others.
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}""", false, false, false)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","ID":2}""", false, false, false)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","re\u017Fult":{}}""", false, false, false)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","größe":1}""", false, false, false)]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","Name":"b"}}""",
        false,
        false,
        false
    )]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","argument\u017F":{}}}""",
        false,
        false,
        false
    )]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","_meta":{"progressTo\u212Aen":2}}}""",
        false,
        false,
        false
    )]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","_meta":{"io.modelcontextprotocol/protocolVer\u017Fion":"2026-07-28"}}}""",
        false,
        false,
        false
    )]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"own/method","params":{"größe":1}}""",
        false,
        false,
        true // the program's own
    )]
    // Not JSON-RPC: without doubt about what it asks for, the gate leaves it to the upstream.
    [InlineData("{}", true, false, false)]
    [InlineData("""{"id":1,"method":"ping"}""", true, false, true)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"ping"}""", true, false, false)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}""", true, false, false)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1}}""", true, false, false)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":1}""", false, false, false)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":""}""", false, false, false)]
    // Parameters.
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call"}""", false, false, true)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":1}}""", false, false, true)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}""", true, false, true)]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","progressToken":7}}""",
        true,
        true,
        false
    )]
    public void AMessage_IsTakenOrNot(string text, bool byTheGate, bool byThePolicy, bool byTheRelay)
    {
        var message = MessageReader.Read(Encoding.UTF8.GetBytes(text));
        var head = MessageHead.Read(new HeaderDictionary(), message);

        message.NamesOperation.ShouldBe(byTheGate, "gate");
        (PolicyMessage.FindFailure(message, head, McpMessage.MaxDepth) is null).ShouldBe(byThePolicy, "policy");
        message.IsRelayable.ShouldBe(byTheRelay, "relay");
    }

    [Fact]
    public void TextThatIsNotUtf8_IsTakenByNobody()
    {
        byte[] bytes =
        [
            .. """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"b":" """u8,
            0xFF,
            .. "\"}}}"u8,
        ];

        var message = MessageReader.Read(bytes);

        message.Errors.ShouldBe(MessageErrors.NotJson);
        message.NamesOperation.ShouldBeFalse();
        message.IsRelayable.ShouldBeFalse();
    }

    [Theory]
    [InlineData("2026-07-28", "2026-07-28", true, true)]
    [InlineData("2026-07-28", null, true, true)]
    [InlineData("2025-11-25", "2026-07-28", true, false)]
    [InlineData("2026-07-28", "2025-11-25", true, false)]
    [InlineData(null, "2026-07-28", true, true)]
    [InlineData(null, "latest", true, true)]
    [InlineData("latest", null, false, true)]
    [InlineData("2025-11-25", null, false, true)]
    [InlineData(null, null, false, true)]
    public void Head_OfANotification_NeedNotRepeatTheRevisionButMustAgree(
        string? header,
        string? inBody,
        bool isModern,
        bool agrees
    )
    {
        var meta = inBody is null ? "{}" : $$"""{"io.modelcontextprotocol/protocolVersion":"{{inBody}}"}""";
        var message = MessageReader.Read(
            Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","method":"notifications/x","params":{"_meta":{{{meta}}}}}""")
        );
        var headers = new HeaderDictionary();
        if (header is not null)
        {
            headers[McpHeaders.ProtocolVersion] = header;
        }

        var head = MessageHead.Read(headers, message);

        head.IsModern.ShouldBe(isModern);
        head.Fault.ShouldBe(agrees ? HeadError.None : HeadError.Version);
    }

    [Fact] // a completion is about a prompt, and its header may say so
    public void Contradiction_OfACompletion_GoesByItsReference()
    {
        var message = MessageReader.Read(
            """{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"p"}}}"""u8.ToArray()
        );

        MessageHead
            .FindContradiction(new HeaderDictionary { [McpHeaders.Name] = "p" }, message)
            .ShouldBe(HeadError.None);
        MessageHead
            .FindContradiction(new HeaderDictionary { [McpHeaders.Name] = "q" }, message)
            .ShouldBe(HeadError.Name);
    }
}
