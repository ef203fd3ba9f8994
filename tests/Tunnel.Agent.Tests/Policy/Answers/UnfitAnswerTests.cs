using System.Text;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Tests.Policy.Answers;

/// <summary>Answers that cannot be judged, errors, and everything of an answer except its structured part.</summary>
public sealed class UnfitAnswerTests
{
    private const string Canary = "CANARY-31415";
    private const string Fields = "fields: [/ok]";

    [Theory]
    [InlineData("not_json", """{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"ok":1}""")]
    [InlineData("not_json", """{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"ok":1}}} CANARY-31415""")]
    [InlineData("not_json", """{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"ok":1}}}{"a":"CANARY-31415"}""")]
    [InlineData("not_json", "<html>CANARY-31415</html>")]
    [InlineData("not_json", """{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"ok":"\ud800"}}}""")]
    [InlineData("not_an_object", """[{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"ok":1}}}]""")]
    [InlineData("not_an_object", """{"jsonrpc":"2.0","id":1,"result":["CANARY-31415"]}""")]
    [InlineData("not_an_object", "\"CANARY-31415\"")]
    [InlineData("duplicate_member", """{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"ok":1,"\u006fk":2}}}""")]
    [InlineData(
        "duplicate_member",
        """{"id":1,"result":{"structuredContent":{"ok":1}},"result":{"structuredContent":{}}}"""
    )]
    [InlineData(
        "duplicate_member",
        """{"id":1,"result":{"structuredContent":{"ok":1},"structuredContent":{"ok":2}}}"""
    )]
    [InlineData(
        "no_structured_part",
        """{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"CANARY-31415"}]}}"""
    )]
    [InlineData("no_structured_part", """{"jsonrpc":"2.0","id":1,"result":{"task":{"taskId":"CANARY-31415"}}}""")]
    [InlineData(
        "not_complete",
        """{"id":1,"result":{"resultType":"input_required","inputRequests":{"a":"CANARY-31415"}}}"""
    )]
    [InlineData("ambiguous", """{"id":1,"method":"a","result":{"structuredContent":{"ok":1}}}""")]
    [InlineData("ambiguous", """{"id":1,"error":{"code":1},"result":{"structuredContent":{"ok":1}}}""")]
    [InlineData("other_message", """{"jsonrpc":"2.0","id":2,"result":{"structuredContent":{"ok":"CANARY-31415"}}}""")]
    [InlineData(
        "other_message",
        """{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"CANARY-31415"}}"""
    )]
    public void Unfit_IsDeniedWithItsClass(string problem, string body)
    {
        foreach (var piece in new[] { 1, int.MaxValue })
        {
            var judged = Judged.Read(Fields, body, piece: piece);

            judged.Failure.ShouldBe("policy.answer_unfit");
            judged.Problem.ShouldBe(problem);
            judged.Output.ShouldBeEmpty();
        }
    }

    [Fact]
    public void Utf16_IsUnfit() =>
        Judged
            .Read(
                PolicyFile.Settings($"{{name: a, effect: allow, tools: [get], answer: {{{Fields}}}}}"),
                [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Judged.Answer("""{"ok":1}"""))]
            )
            .Problem.ShouldBe("not_json");

    [Fact]
    public void ByteOrderMark_IsSkipped() =>
        Judged.Read(Fields, "\uFEFF" + Judged.Answer("""{"ok":1}""")).Structured.GetRawText().ShouldBe("""{"ok":1}""");

    [Fact]
    public void Invalid_Utf8_IsUnfit() =>
        Judged
            .Read(
                PolicyFile.Settings($"{{name: a, effect: allow, tools: [get], answer: {{{Fields}}}}}"),
                [.. """{"id":1,"result":{"structuredContent":{"ok":" """u8, 0xFF, .. "\"}}}"u8]
            )
            .Problem.ShouldBe("not_utf8");

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void TooDeep_IsUnfit(string open, string close)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 600)) + "1" + string.Concat(Enumerable.Repeat(close, 600));

        Judged.Read("text: derive", Judged.Answer(deep)).Problem.ShouldBe("too_deep");
        Judged.Read(Fields, Judged.Answer($$$"""{"ok":1,"x":{{{deep}}}}""")).Problem.ShouldBe("too_deep");
    }

    [Fact]
    public void MoreThanIsHeld_IsUnfit()
    {
        var long1 = new string('x', 2000);

        Judged
            .Read(Fields + ", max_bytes: 1KiB", Judged.Answer($$"""{"ok":"{{long1}}"}"""))
            .Problem.ShouldBe("too_large");
        Judged
            .Read(Fields + ", max_bytes: 1KiB", Judged.Answer($$"""{"no":"{{long1}}","ok":1}"""), piece: 100)
            .Structured.GetRawText()
            .ShouldBe("""{"ok":1}""");
    }

    [Fact]
    public void Drop_SaysThatTheAnswerWasWithheld()
    {
        var judged = Judged.Read(
            Fields + ", unfit: drop",
            """{"id":1,"result":{"content":[{"type":"text","text":"CANARY-31415"}]}}"""
        );

        judged.Failure.ShouldBeNull();
        judged.Texts.ShouldBe(["The answer was withheld, because the rules of this route cannot judge it."]);
        judged.Output.ShouldNotContain(Canary);
        judged.Problem.ShouldBe("no_structured_part");
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"CANARY-31415","data":"CANARY-31415"}}""")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":-32000,"message":"CANARY-31415"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"CANARY-31415"}}""")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"type":"text","text":"CANARY-31415"}]}}"""
    )]
    public void Errors_SayOnlyThatTheToolFailed(string body)
    {
        var judged = Judged.Read(Fields, body);

        judged.Failure.ShouldBe("policy.answer_failed");
        judged.Output.ShouldBeEmpty();
    }

    [Fact]
    public void Errors_ThatPass_KeepCodeAndText()
    {
        Judged
            .Read(
                Fields + ", errors: pass",
                """{"jsonrpc":"2.0","id":1,"error":{"code":-32050,"message":"No stock","data":"CANARY-31415"}}"""
            )
            .Output.ShouldBe("""{"jsonrpc":"2.0","id":1,"error":{"code":-32050,"message":"No stock"}}""");
        var judged = Judged.Read(
            Fields + ", errors: pass",
            """{"id":1,"result":{"content":[{"type":"text","text":"No stock","_meta":"CANARY-31415"}],"isError":true,"structuredContent":{"no":"CANARY-31415"}}}"""
        );
        judged.Texts.ShouldContain("No stock");
        judged.Result.GetProperty("isError").GetBoolean().ShouldBeTrue();
        judged.Output.ShouldNotContain(Canary);
    }

    // Everything except the structured part may repeat what was removed from it.
    [Theory]
    [InlineData("""{"type":"text","text":"CANARY-31415"}""")]
    [InlineData("""{"type":"image","data":"CANARY-31415","mimeType":"image/png"}""")]
    [InlineData("""{"type":"audio","data":"CANARY-31415","mimeType":"audio/wav"}""")]
    [InlineData("""{"type":"resource","resource":{"uri":"file:///x","text":"CANARY-31415"}}""")]
    [InlineData("""{"type":"resource_link","uri":"file:///CANARY-31415","name":"CANARY-31415"}""")]
    [InlineData("""{"type":"unknown","CANARY-31415":1}""")]
    public void OtherContent_DoesNotCross(string item)
    {
        foreach (var text in new[] { "derive", "drop" })
        {
            var judged = Judged.Read(
                $"{Fields}, text: {text}",
                Judged.Answer(
                    """{"ok":1}""",
                    $$""","content":[{"type":"text","text":"a"},{{item}}],"_meta":{"a":"CANARY-31415"},"CANARY-31415":2"""
                )
            );

            judged.Structured.GetRawText().ShouldBe("""{"ok":1}""");
            judged.Output.ShouldNotContain(Canary);
        }
    }

    [Fact]
    public void NamedContent_CrossesWithTheMembersThatMcpDefines()
    {
        var judged = Judged.Read(
            Fields + ", content: [image]",
            Judged.Answer(
                """{"ok":1}""",
                ""","content":[{"type":"image","data":"AAAA","mimeType":"image/png","_meta":"CANARY-31415","x":"CANARY-31415"},{"type":"audio","data":"CANARY-31415"}]"""
            )
        );

        judged
            .Result.GetProperty("content")[1]
            .GetRawText()
            .ShouldBe("""{"type":"image","data":"AAAA","mimeType":"image/png"}""");
        judged.Output.ShouldNotContain(Canary);
    }

    [Fact]
    public void ResourceLink_CrossesOnlyToWhoCouldReadIt()
    {
        var judged = Judged.Read(
            PolicyFile.Settings(
                """
                {name: a, effect: allow, tools: [get], answer: {fields: [/ok], content: [resource_link]}},
                {name: b, effect: allow, resources: ["file:///open/*"]}
                """
            ),
            Encoding.UTF8.GetBytes(
                Judged.Answer(
                    """{"ok":1}""",
                    ""","content":[{"type":"resource_link","uri":"file:///open/a","name":"a"},{"type":"resource_link","uri":"file:///CANARY-31415","name":"b"}]"""
                )
            )
        );

        judged.Output.ShouldContain("file:///open/a");
        judged.Output.ShouldNotContain(Canary);
    }

    [Theory]
    [InlineData("text: pass", "mail x@example.com", "mail x@example.com")]
    public void Text_ThatPasses_CrossesAsItIs(string text, string written, string crossed) =>
        Judged
            .Read(text, $$$"""{"id":1,"result":{"content":[{"type":"text","text":"{{{written}}}"}]}}""")
            .Texts.ShouldBe([crossed]);

    [Theory]
    [InlineData("""{\"ok\":1,\"no\":2}""", """{"ok":1}""")]
    [InlineData("""[{\"ok\":1,\"no\":2}]""", "[]")]
    public void TextAsJson_IsJudgedAsTheStructuredPart(string text, string finding) =>
        Judged
            .Read(
                Fields + ", text_as_json: true",
                $$$"""{"id":1,"result":{"content":[{"type":"text","text":"{{{text}}}"}]}}"""
            )
            .Texts.ShouldBe([finding]);

    [Theory]
    [InlineData("""{"type":"text","text":"plain CANARY-31415"}""")]
    [InlineData("""{"type":"text","text":"\"CANARY-31415\""}""")]
    [InlineData("""{"type":"text","text":"{\"ok\":1} CANARY-31415"}""")]
    [InlineData("""{"type":"text","text":"{\"ok\":1}"},{"type":"text","text":"CANARY-31415"}""")]
    public void TextThatIsNotOneJson_IsUnfit(string items) =>
        Judged
            .Read(Fields + ", text_as_json: true", $$$"""{"id":1,"result":{"content":[{{{items}}}]}}""")
            .Failure.ShouldBe("policy.answer_unfit");

    [Theory]
    [InlineData("application/json", """{\"ok\":1,\"no\":\"CANARY-31415\"}""", "{\"ok\":1}", null)]
    [InlineData("application/vnd.a+json; charset=utf-8", """{\"ok\":1}""", "{\"ok\":1}", null)]
    [InlineData("text/markdown", "# a", "# a", null)]
    [InlineData("text/plain", "CANARY-31415", null, "media_type")]
    [InlineData("application/json", "CANARY-31415", null, "not_json")]
    public void Resource_IsJudgedByItsMediaType(string type, string text, string? crossed, string? problem)
    {
        var judged = Judged.Read(
            Fields + ", content: [text/markdown]",
            $$$"""{"id":1,"result":{"contents":[{"uri":"db://a","mimeType":"{{{type}}}","text":"{{{text}}}"},{"uri":"db://CANARY-31415","mimeType":"text/markdown","text":"CANARY-31415"}],"_meta":"CANARY-31415"}}""",
            names: "resources: [\"db://a\"]",
            method: McpMethods.ReadResource,
            name: "db://a"
        );

        judged.Output.ShouldNotContain(Canary);
        judged.Problem.ShouldBe(problem ?? "");
        if (crossed is not null)
        {
            var contents = judged.Result.GetProperty("contents");
            contents.GetArrayLength().ShouldBe(1);
            contents[0].GetProperty("text").GetString().ShouldBe(crossed);
        }
    }

    [Fact]
    public void Prompt_CrossesOnlyAsText()
    {
        var judged = Judged.Read(
            "text: pass",
            """{"id":1,"result":{"description":"CANARY-31415","messages":[{"role":"user","content":{"type":"text","text":"Hello"}},{"role":"user","content":{"type":"image","data":"CANARY-31415"}}]}}""",
            names: "prompts: [p]",
            method: McpMethods.GetPrompt,
            name: "p"
        );

        judged
            .Result.GetProperty("messages")[0]
            .GetProperty("content")
            .GetProperty("text")
            .GetString()
            .ShouldBe("Hello");
        judged.Output.ShouldNotContain(Canary);
    }

    [Fact]
    public void EventStream_CrossesAsTheOneAnswer()
    {
        const string Stream =
            ": CANARY-31415\n\nid: CANARY-31415\nevent: CANARY-31415\ndata:\n\n"
            + "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"message\":\"CANARY-31415\"}}\n\n"
            + "data: {\"jsonrpc\":\"2.0\",\"id\":\"s\",\"method\":\"sampling/createMessage\",\"params\":{\"a\":\"CANARY-31415\"}}\r\n\r\n"
            + "id: CANARY-31415\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\ndata: \"result\":{\"structuredContent\":{\"no\":\"CANARY-31415\",\"ok\":1}}}\n\n"
            + "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"structuredContent\":{\"ok\":\"CANARY-31415\"}}}\n\n";
        foreach (var piece in new[] { 1, 5, int.MaxValue })
        {
            var judged = Judged.Read(Fields, Stream, isEventStream: true, piece: piece);

            judged.Failure.ShouldBeNull();
            judged.Output.ShouldBe(
                ": keep-alive\n\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"{\\\"ok\\\":1}\"}],\"structuredContent\":{\"ok\":1}}}\n\n"
            );
        }
    }

    [Fact]
    public void EventStream_ThatEndsWithoutTheAnswer_IsUnfit() =>
        Judged
            .Read(Fields, "data: {\"method\":\"notifications/progress\"}\n\n", isEventStream: true)
            .Problem.ShouldBe("no_answer");
}
