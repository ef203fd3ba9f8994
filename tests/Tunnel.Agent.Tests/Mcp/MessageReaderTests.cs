using System.Text;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Mcp;

public sealed class MessageReaderTests
{
    private const int MaxDepth = 8;

    private const string Modern =
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}""";

    [Fact] // RFC 8259 §8.1
    public void Read_BehindAByteOrderMark_IsTheSame()
    {
        var message = MessageReader.Read(Encoding.UTF8.GetBytes("\uFEFF" + Modern));

        message.Has(MessageErrors.NotJson).ShouldBeFalse();
        Encoding.UTF8.GetString(message.Bytes.Span).ShouldBe(Modern);
        MessageReader.ReadAnswer(Encoding.UTF8.GetBytes("\uFEFF" + Modern)).Has(MessageErrors.NotJson).ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "policy.message_not_json")]
    [InlineData("{", "policy.message_not_json")]
    [InlineData("{} {}", "policy.message_not_json")]
    [InlineData("""{"jsonrpc":"2.0","method":"ping",}""", "policy.message_not_json")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}""", "policy.message_duplicate_key")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","meth\u006fd":"x"}""", "policy.message_duplicate_key")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"b":1,"b":2}}}""",
        "policy.message_duplicate_key"
    )]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}""", "policy.message_lookalike_key")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","PARAMS":{}}""", "policy.message_lookalike_key")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","Name":"b"}}""",
        "policy.message_lookalike_key"
    )]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","param\u017f":{},"params":{"name":"a"}}""",
        "policy.message_lookalike_key"
    )]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"re\u017FourceSubscriptions":["a:b"]}}}""",
        "policy.message_lookalike_key"
    )]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"reſourceSubscriptions":["a:b"]}}}""",
        "policy.message_lookalike_key"
    )]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"io.modelcontextprotocol/protocolVer\u017Fion":"2026-07-28"}}}""",
        "policy.message_lookalike_key"
    )]
    [InlineData("[]", "policy.message_batch")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"ping"}]""", "policy.message_batch")]
    [InlineData("1", "policy.message_not_object")]
    [InlineData("null", "policy.message_not_object")]
    [InlineData("\"tools/call\"", "policy.message_not_object")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[[[[[[[1]]]]]]]}}""",
        "policy.message_too_deep"
    )]
    [InlineData("{}", "policy.message_invalid")]
    [InlineData("""{"method":"ping","id":1}""", "policy.message_invalid")]
    [InlineData("""{"jsonrpc":"1.0","method":"ping","id":1}""", "policy.message_invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":1,"id":1}""", "policy.message_invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":"","id":1}""", "policy.message_invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":"ping","id":null}""", "policy.message_invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":"ping","id":{}}""", "policy.message_invalid")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}""", "policy.message_invalid")]
    [InlineData("""{"jsonrpc":"2.0","result":{}}""", "policy.message_invalid")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", "policy.message_invalid")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call"}""", "policy.params_invalid")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}""", "policy.params_invalid")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}""", "policy.params_invalid")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":1}}""", "policy.params_invalid")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"name":"a"}}""",
        "policy.params_invalid"
    )]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{}}""", "policy.params_invalid")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/x"}}}""",
        "policy.params_invalid"
    )]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"resourceSubscriptions":[1]}}}""",
        "policy.params_invalid"
    )]
    public void Read_WhatCouldBeReadOtherwise_IsRefused(string body, string reason) =>
        Judge(body).Failure.ShouldNotBeNull(body).Reason.ShouldBe(reason, body);

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping"}""", "ping", "")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", "notifications/initialized", "")]
    [InlineData("""{"jsonrpc":"2.0","id":"a","result":{}}""", "", "")]
    [InlineData("""{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"x"}}""", "tools/call", "x")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"p"}}""", "prompts/get", "p")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a:b"}}""",
        "resources/read",
        "a:b"
    )]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"p"}}}""",
        "completion/complete",
        "p"
    )]
    public void Read_GoodMessage_SaysWhatItIs(string body, string method, string name)
    {
        var (message, head, failure, _) = Judge(body);

        failure.ShouldBeNull();
        message.Method.ShouldBe(method);
        message.Name.ShouldBe(name);
        head.IsModern.ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"resourceSubscriptions":["a:b"],"traceparent":[],"other":["c:d"]}""")]
    [InlineData("""{"traceparent":["c:d"],"resourceSubscriptions":["a:b"],"tracestate":[]}""")]
    public void Read_Subscription_GoesByItsOneList(string notifications) =>
        Judge(
            $$$"""{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{{{notifications}}}}}"""
        )
            .Message.Resources.ShouldBe(["a:b"]);

    [Theory]
    [InlineData("2026-07-28", "tools/call", "x", true)]
    [InlineData("2026-07-28", "tools/call", "=?base64?eA==?=", true)]
    [InlineData("2026-07-28", "tools/call", "y", false)]
    [InlineData("2026-07-28", "tools/call", null, false)]
    [InlineData("2026-07-28", "tools/list", "x", false)]
    [InlineData("2026-07-28", "Tools/Call", "x", false)]
    [InlineData("2026-07-28", null, "x", false)]
    [InlineData("2027-01-01", "tools/call", "x", false)]
    [InlineData("2025-11-25", "tools/call", "x", false)]
    [InlineData(null, "tools/call", "x", false)]
    public void Read_ModernMessage_HeadersMustEqualTheBody(string? version, string? method, string? name, bool good)
    {
        var (_, head, failure, id) = Judge(Modern, version, method, name);

        failure.ShouldBe(good ? null : PolicyFailures.HeadersMismatch);
        head.IsModern.ShouldBeTrue();
        Encoding.UTF8.GetString(id.Span).ShouldBe("1");
    }

    [Theory]
    [InlineData("tools/list", null, false)]
    [InlineData("tools/call", "y", false)]
    [InlineData("tools/call", null, true)]
    [InlineData(null, null, true)]
    public void Read_LegacyMessage_MayLackHeadersButNotContradictThem(string? method, string? name, bool good) =>
        Judge("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}""", "2025-11-25", method, name)
            .Failure.ShouldBe(good ? null : PolicyFailures.HeadersMismatch);

    [Fact]
    public void Read_RepeatedVersionHeader_IsRefused()
    {
        var headers = new HeaderDictionary { ["MCP-Protocol-Version"] = new(["2025-11-25", "2026-07-28"]) };
        var message = MessageReader.Read("""{"jsonrpc":"2.0","id":1,"method":"ping"}"""u8.ToArray());

        MessageHead.Read(headers, message).Fault.ShouldBe(HeadError.Version);
    }

    [Fact]
    public void Read_AnyBytes_GiveAMessageOrARefusal()
    {
        var random = new Random(7);
        var seed = Encoding.UTF8.GetBytes(Modern);
        for (var i = 0; i < 20_000; i++)
        {
            var body = seed.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            var message = MessageReader.Read(body.AsMemory(0, random.Next(body.Length + 1)));
            var isJson = !message.Has(MessageErrors.NotJson | MessageErrors.Batch | MessageErrors.NotAnObject);
            (message.IsRelayable || message.NamesOperation).ShouldBe(
                isJson && (message.IsRelayable || message.NamesOperation)
            );
        }
    }

    [Fact]
    public void Read_InOnePassOrWithCare_IsTheSame()
    {
        string[] seeds =
        [
            Modern,
            """{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"arguments":{"a":{"b":1,"c":[{"b":2}]},"b":{}},"name":"x"}}""",
            """{"method":"resources/read","params":{"uri":"a:b","_meta":{"traceparent":"00-1-2-01","a":{"a":1},"b":2}},"jsonrpc":"2.0"}""",
            """{"jsonrpc":"2.0","id":1.5,"method":"prompts/get","params":{"name":"p","arguments":{"A":"\u0061","a":null}}} """,
            """{"jsonrpc":"2.0","method":"notifications/initialized","params":{}}""",
            """{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"name":"p","arguments":[]}}""",
        ];

        // What a message may be broken with so that it is still JSON.
        string[] pieces =
        [
            "a",
            "b",
            "\"a\"",
            "\"b\"",
            ":",
            ",",
            "{}",
            "[]",
            "\\",
            "\\u0061",
            "é",
            "A",
            "1",
            "\"",
            "name",
            "id",
            " ",
        ];
        var random = new Random(13);
        var taken = 0;
        for (var i = 0; i < 60_000; i++)
        {
            var text = seeds[random.Next(seeds.Length)];
            for (var change = random.Next(0, 4); change > 0; change--)
            {
                var at = random.Next(text.Length);
                text = text.Remove(at, Math.Min(random.Next(0, 4), text.Length - at));
                text = text.Insert(random.Next(text.Length + 1), pieces[random.Next(pieces.Length)]);
            }

            var body = Encoding.UTF8.GetBytes(text);
            var message = new McpMessage(body);
            if (!PlainMessage.TryRead(message))
            {
                continue;
            }

            taken++;
            Fields(message).ShouldBe(Fields(MessageReader.ReadWithCare(body)), text);
        }

        taken.ShouldBeGreaterThan(1000);

        static string Fields(McpMessage m) =>
            $"{m.Errors} {m.Depth} {m.Kind} {m.Method} {m.Target} {m.Name} {m.Version} {m.MetaError} {m.TraceParent} "
            + $"{m.TraceState} {m.OfferedVersion} {m.ErrorCode} {string.Join(',', m.Resources)} "
            + string.Join(
                ' ',
                new[] { m.Id, m.Arguments, m.Token, m.Cancelled, m.Subscription }.Select(p =>
                    Encoding.UTF8.GetString(p.Span)
                )
            );
    }

    [Theory]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"q":"é","n":[1]}}}"""
    )]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","_meta":{"progressToken":1}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/initialized"}""")]
    public void Read_OrdinaryMessage_TakesOnePass(string body) =>
        PlainMessage.TryRead(new McpMessage(Encoding.UTF8.GetBytes(body))).ShouldBeTrue();

    [Theory]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":{"b":1,"b":1}}}}"""
    )]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":1,"\u0061":1}}}"""
    )]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","_meta":{"a":1,"a":1}}}""")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","_meta":{"b":{},"a":{"b":1,"b":1}}}}"""
    )]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","name":"y"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping"} 1""")]
    public void Read_WhatIsUnclear_IsNotTakenInOnePass(string body) =>
        PlainMessage.TryRead(new McpMessage(Encoding.UTF8.GetBytes(body))).ShouldBeFalse();

    private static (McpMessage Message, MessageHead Head, Failure? Failure, ReadOnlyMemory<byte> Id) Judge(
        string body,
        string? version = null,
        string? method = null,
        string? name = null
    )
    {
        var headers = new HeaderDictionary();
        foreach (
            var (key, value) in new[] { ("MCP-Protocol-Version", version), ("Mcp-Method", method), ("Mcp-Name", name) }
        )
        {
            if (value is not null)
            {
                headers[key] = value;
            }
        }

        var message = MessageReader.Read(Encoding.UTF8.GetBytes(body));
        var head = MessageHead.Read(headers, message);
        return (
            message,
            head,
            PolicyMessage.FindFailure(message, head, MaxDepth),
            PolicyMessage.ReadId(message, MaxDepth)
        );
    }
}
