namespace Culvert.Tunnel.Agent.Tests.Policy.Answers;

/// <summary>Which values of an answer cross, and in which form.</summary>
public sealed class AnswerFieldsTests
{
    [Theory]
    [InlineData("[/count]", """{"count":3}""")]
    [InlineData("[/orders/*/id]", """{"orders":[{"id":1},{"id":2}]}""")]
    [InlineData("[/orders]", """{"orders":[{"id":1,"iban":"A"},{"id":2,"iban":"B"}]}""")]
    [InlineData("[/orders/*/id, /count]", """{"orders":[{"id":1},{"id":2}],"count":3}""")]
    [InlineData("[/map/*/a]", """{"map":{"x":{"a":1},"y":{"a":2}}}""")]
    [InlineData("[/map/x, /map/*/a]", """{"map":{"x":{"a":1,"b":9},"y":{"a":2}}}""")]
    [InlineData("[/orders/*/id/deeper]", """{"orders":[{},{}]}""")]
    [InlineData("[/orders/0/id]", """{"orders":[]}""")] // elements have no names
    [InlineData("[/none]", "{}")]
    public void OnlyNamedValues_Cross(string fields, string finding)
    {
        var judged = Judged.Read(
            $"fields: {fields}",
            Judged.Answer(
                """{"orders":[{"id":1,"iban":"A"},{"id":2,"iban":"B"}],"count":3,"map":{"x":{"a":1,"b":9},"y":{"a":2}}}"""
            )
        );

        judged.Structured.GetRawText().ShouldBe(finding);
        judged.Texts.ShouldBe([finding]);
    }

    [Fact]
    public void JsonInsideText_IsText() =>
        Judged
            .Read("fields: [/a]", Judged.Answer("""{"a":"{\"b\":1}","b":"{\"a\":2}"}"""))
            .Structured.GetRawText()
            .ShouldBe("""{"a":"{\"b\":1}"}""");

    [Fact]
    public void Texts_AreWrittenAnew()
    {
        var judged = Judged.Read("fields: [/a]", Judged.Answer("""{ "\u0061" : "\u00e9\/\ud83d\ude00\u0007" }"""));

        judged.Output.ShouldContain("\"structuredContent\":{\"a\":\"é/\\uD83D\\uDE00\\u0007\"}");
    }

    [Fact]
    public void MaskedValue_IsTextThatSaysLess()
    {
        var judged = Judged.Read(
            "fields: [/o/*], mask: [{at: /o/*/iban, as: text}, {at: /o/*/n, as: text}, {at: /o/*/deep, as: text}]",
            Judged.Answer("""{"o":[{"iban":"DE89370400440532013000","n":12,"deep":{"a":1},"id":7},{"iban":null}]}""")
        );

        judged.Structured.GetRawText().ShouldBe("""{"o":[{"iban":"***","n":"***","id":7},{"iban":null}]}""");
        (judged.Counts.Masked, judged.Counts.FieldsRemoved).ShouldBe((2, 1));
    }

    [Fact]
    public void Rules_ThatAllApply_LetTheIntersectionCross()
    {
        var judged = Judged.Read(
            PolicyFile.Settings(
                """
                {name: a, effect: allow, tools: [get], answer: {fields: [/o/*/id, /o/*/name, /count]}},
                {name: b, effect: allow, tools: ["g*"], answer: {fields: [/o], rows: [{at: /o, where: {at: /own, const: true}}]}},
                {name: c, effect: allow, tools: ["*"]},
                {name: other, effect: allow, tools: [put], answer: {fields: [/nothing]}}
                """
            ),
            System.Text.Encoding.UTF8.GetBytes(
                Judged.Answer("""{"o":[{"id":1,"name":"x","secret":1,"own":true},{"id":2,"own":false}],"count":2}""")
            )
        );

        judged.Structured.GetRawText().ShouldBe("""{"o":[{"id":1,"name":"x"}]}""");
    }
}
