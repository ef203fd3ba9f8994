using System.Text;

namespace Culvert.Tunnel.Agent.Tests.Policy.Answers;

/// <summary>Which records of an answer cross.</summary>
public sealed class AnswerRowsTests
{
    private const string Own = "rows: [{at: /orders, where: {at: /customer_id, equals_claim: customer_id}}]";
    private const string Claims = """{"customer_id":"c-7"}""";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public void Records_OfOthers_StayInside(int piece)
    {
        var judged = Judged.Read(
            Own,
            Judged.Answer(
                """{"orders":[{"customer_id":"c-9","id":1},{"id":2,"customer_id":"c-7"},{"customer_id":"c-9","id":3}],"page":4}"""
            ),
            Claims,
            piece: piece
        );

        judged.Structured.GetRawText().ShouldBe("""{"orders":[{"id":2,"customer_id":"c-7"}],"page":4}""");
        judged.Texts.ShouldBe(["""{"orders":[{"id":2,"customer_id":"c-7"}],"page":4}"""]);
        (judged.Counts.RowsCrossed, judged.Counts.RowsRemoved).ShouldBe((1, 2));
    }

    [Theory]
    [InlineData("""{"id":1}""")] // missing
    [InlineData("""{"customer_id":null}""")]
    [InlineData("""{"customer_id":["c-7"]}""")]
    [InlineData("""{"customer_id":{"customer_id":"c-7"}}""")]
    [InlineData("""{"customer_id":7}""")]
    [InlineData("""{"customer_id":true}""")]
    [InlineData("""{"customer_id":""}""")]
    [InlineData("""{"customer_id":"C-7"}""")]
    [InlineData("""{"customer_id":"c-7 "}""")]
    [InlineData("""{"customer_id":"c\u200b-7"}""")]
    [InlineData("""{"Customer_id":"c-7"}""")] // another member
    [InlineData("""{"customer_id":"c-7","Customer_Id":"c-9"}""")] // two readers would find two customers
    [InlineData("""{"customer_id":"c-7","customer_id\u0000":"c-9"}""")]
    [InlineData("\"c-7\"")]
    [InlineData("[\"c-7\"]")]
    [InlineData("null")]
    public void Record_WithoutThatVeryValue_StaysInside(string record)
    {
        var judged = Judged.Read(Own, Judged.Answer($$"""{"orders":[{{record}}]}"""), Claims);

        judged.Structured.GetRawText().ShouldBe("""{"orders":[]}""");
        judged.Counts.RowsRemoved.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"customer_id":"c-7"}""")]
    [InlineData("""{"\u0063ustomer_id":"\u0063-7"}""")] // other escapes of the same text
    public void Record_WithOtherEscapes_IsTheSame(string record) =>
        Judged
            .Read(Own, Judged.Answer($$"""{"orders":[{{record}}]}"""), Claims)
            .Structured.GetRawText()
            .ShouldBe("""{"orders":[{"customer_id":"c-7"}]}""");

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"customer_id":null}""")]
    [InlineData("""{"customer_id":""}""")]
    [InlineData("""{"customer_id":["c-7"]}""")] // equals_claim compares with one value
    [InlineData("""{"customer_id":7}""")]
    public void ClaimThatIsNoText_KeepsNoRecord(string claims) =>
        Judged
            .Read(Own, Judged.Answer("""{"orders":[{"customer_id":"c-7"},{"customer_id":""},{}]}"""), claims)
            .Structured.GetRawText()
            .ShouldBe("""{"orders":[]}""");

    [Theory]
    [InlineData("7", true)]
    [InlineData("\"7\"", false)]
    [InlineData("7.0", false)]
    [InlineData("7e0", false)]
    [InlineData("70e-1", false)]
    [InlineData("9007199254740993", false)]
    public void Integers_AreComparedExactly(string written, bool crosses) =>
        Judged
            .Read(Own, Judged.Answer($$$"""{"orders":[{"customer_id":{{{written}}}}]}"""), """{"customer_id":7}""")
            .Counts.RowsCrossed.ShouldBe(crosses ? 1 : 0);

    [Fact]
    public void Integers_BeyondDoubles_Differ() =>
        Judged
            .Read(
                Own,
                Judged.Answer("""{"orders":[{"customer_id":9007199254740992},{"customer_id":9007199254740993}]}"""),
                """{"customer_id":9007199254740993}"""
            )
            .Structured.GetRawText()
            .ShouldBe("""{"orders":[{"customer_id":9007199254740993}]}""");

    [Theory]
    [InlineData("{at: /region, in_claim: region}", """[{"region":"eu","n":1},{"region":"us","n":2}]""", "1")]
    [InlineData("{at: /n, above: 1, below: 3}", """[{"n":1},{"n":2},{"n":3}]""", "2")]
    [InlineData("{at: /a/b, prefix: x-}", """[{"n":1,"a":{"b":"x-1"}},{"n":2,"a":{"b":"y"}},{"n":3,"a":4}]""", "1")]
    [InlineData(
        "{all: [{at: /n, min: 2}, {at: /s, const: new}]}",
        """[{"n":1,"s":"new"},{"n":2,"s":"new"},{"n":3}]""",
        "2"
    )]
    [InlineData("{any: [{at: /n, const: 1}, {at: /s, enum: [a, b]}]}", """[{"n":1},{"n":2,"s":"b"},{"n":3}]""", "1,2")]
    [InlineData(
        "{at: /n, min: 2, any: [{at: /n, max: 2}, {at: /n, const: 9}]}",
        """[{"n":1},{"n":2},{"n":9}]""",
        "2,9"
    )]
    public void Conditions_DecideAsWritten(string where, string rows, string crossed)
    {
        var judged = Judged.Read(
            $"rows: [{{at: /r, where: {where}}}]",
            Judged.Answer($$$"""{"r":{{{rows}}}}"""),
            """{"region":["eu","apac"]}"""
        );

        string.Join(
                ',',
                judged.Structured.GetProperty("r").EnumerateArray().Select(r => r.GetProperty("n").GetRawText())
            )
            .ShouldBe(crossed);
    }

    [Fact]
    public void Maximum_CutsAndSaysSo()
    {
        var judged = Judged.Read(
            "rows: [{at: /r, max: 2}], fields: [/r/*/n]",
            Judged.Answer("""{"r":[{"n":1},{"n":2},{"n":3},{"n":4}]}""")
        );

        judged.Structured.GetRawText().ShouldBe("""{"r":[{"n":1},{"n":2}]}""");
        judged.Texts[1].ShouldBe("More records were found: only the first of /r are here.");
        judged.Result.GetProperty("_meta").GetRawText().ShouldBe("""{"culvert/truncated":["/r"]}""");
        (judged.Counts.RowsCrossed, judged.Counts.RowsRemoved).ShouldBe((2, 2));
    }

    [Fact]
    public void ComparedMember_NeedNotCross() =>
        Judged
            .Read(
                Own + ", fields: [/orders/*/id]",
                Judged.Answer("""{"orders":[{"id":1,"customer_id":"c-7"},{"id":2,"customer_id":"c-9"}]}"""),
                Claims
            )
            .Structured.GetRawText()
            .ShouldBe("""{"orders":[{"id":1}]}""");

    [Theory]
    [InlineData("""{"orders":{"a":{"customer_id":"c-7"}}}""")] // not an array
    [InlineData("""{"orders":"c-7"}""")]
    [InlineData("""{"Orders":[{"customer_id":"c-9"}]}""")]
    public void PlaceWithoutRecords_IsRemovedOrUntouched(string structured)
    {
        var judged = Judged.Read(Own, Judged.Answer(structured), Claims);

        judged.Structured.TryGetProperty("orders", out _).ShouldBeFalse();
    }

    [Fact]
    public void NestedRecords_AreEachJudged()
    {
        var judged = Judged.Read(
            """
            rows: [
              {at: /groups, where: {at: /region, const: eu}},
              {at: /groups/*/orders, where: {at: /customer_id, equals_claim: customer_id}}]
            """,
            Judged.Answer(
                """
                {"groups":[
                  {"region":"us","orders":[{"customer_id":"c-7"}]},
                  {"orders":[{"customer_id":"c-9"},{"customer_id":"c-7"}],"region":"eu"}]}
                """
            ),
            Claims
        );

        judged.Structured.GetRawText().ShouldBe("""{"groups":[{"orders":[{"customer_id":"c-7"}],"region":"eu"}]}""");
    }

    // One record crosses of a hundred thousand, and the memory does not depend on their number.
    [Fact]
    public void ManyRecords_AreNotHeld()
    {
        var body = new StringBuilder("""{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"orders":[""");
        for (var i = 0; i < 100_000; i++)
        {
            body.Append(i == 0 ? "" : ",")
                .Append(
                    $$"""{"customer_id":"c-{{(i == 50_000 ? 7 : 9)}}","id":{{i}},"note":"{{new string('x', 50)}}"}"""
                );
        }

        body.Append("]},\"content\":[{\"type\":\"text\",\"text\":\"").Append('y', 4 << 20).Append("\"}]}}");

        var judged = Judged.Read(Own, body.ToString(), Claims, piece: 16 * 1024);

        judged.Structured.GetProperty("orders").GetArrayLength().ShouldBe(1);
        judged.Counts.RowsRemoved.ShouldBe(99_999);
        judged.MostHeld.ShouldBeLessThan(64 * 1024);
    }
}
