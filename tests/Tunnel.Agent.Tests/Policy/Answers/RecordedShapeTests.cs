using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy.Answers;

namespace Culvert.Tunnel.Agent.Tests.Policy.Answers;

public sealed class RecordedShapeTests
{
    [Theory]
    [InlineData("{}", """{"":{"object":1}}""")]
    [InlineData("[]", """{"":{"array":1}}""")]
    [InlineData(
        """{"orders":[{"id":1,"iban":"DE89"},{"id":"a-1","iban":null}],"count":2}""",
        """{"":{"object":1},"/orders":{"array":1,"elements":2},"/orders/*":{"object":2},"/orders/*/id":{"string":1,"bytes":3,"integer":1},"/orders/*/iban":{"string":1,"bytes":4,"null":1},"/count":{"integer":1}}"""
    )]
    [InlineData(
        """[1,1.5,1e0,-2,true,false,null,""]""",
        """{"":{"array":1,"elements":8},"/*":{"string":1,"integer":2,"number":2,"boolean":2,"null":1}}"""
    )]
    [InlineData("""{"a/b~c":{"*":1}}""", """{"":{"object":1},"/a~1b~0c":{"object":1},"/a~1b~0c/*":{"integer":1}}""")]
    [InlineData("""{"\u0061":1,"a":2,"é":3}""", """{"":{"object":1},"/a":{"integer":2},"/\u00E9":{"integer":1}}""")]
    public void Structured_HasItsPointersTypesAndSizes(string structured, string shape)
    {
        Read(Judged.Answer(structured)).ShouldBe(shape);
        Read(Text(structured)).ShouldBe("{\"from\":\"text\"," + shape[1..]);
    }

    [Theory]
    [InlineData(McpMethods.ReadResource, """{"contents":[{"uri":"a:b","text":"[1]"}]}""", "text")]
    [InlineData(McpMethods.GetPrompt, """{"messages":[7]}""", "")]
    [InlineData(McpMethods.Complete, """{"completion":[7]}""", "")]
    public void OtherAnswers_HaveAShape(string method, string result, string from) =>
        Read(Result(result), method: method)
            .ShouldBe(
                (from.Length > 0 ? """{"from":"text",""" : "{")
                    + "\"\":{\"array\":1,\"elements\":1},\"/*\":{\"integer\":1}}"
            );

    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"[1]"}],"structuredContent":{"a":1}}""", "/a")]
    [InlineData("""{"structuredContent":{"a":1},"content":[{"type":"text","text":"[1]"}]}""", "/a")]
    [InlineData("""{"structuredContent":null,"content":[{"text":" \n[1]\n","type":"text"}]}""", "/*")]
    [InlineData("""{"content":[{"type":"text","text":"[1]","_meta":{"text":"{}"}}],"x":{"content":[1,2]}}""", "/*")]
    public void Result_WithSeveralParts_HasTheShapeOfTheStructuredOne(string result, string at) =>
        Pointers(Read(Result(result))).ShouldBe(["", at]);

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":2,"result":{"structuredContent":{}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"{}"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{},"isError":true}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"[1]"},{"type":"text"}]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"[1] and more"}]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"[1"}]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"17"}]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":["[1]"]}]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"content":[]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{}}""")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{}}}]""")]
    [InlineData("<html>")]
    [InlineData("")]
    public void Message_ThatIsNotAnAnswerWithAStructuredPart_HasNone(string body)
    {
        Read(body).ShouldBeNull();
        Read($"data: {body}\n\n", isEventStream: true).ShouldBeNull();
    }

    [Fact]
    public void AnyPieces_HaveTheSameShape()
    {
        var text = new string('x', 3000);
        var longTexts = $"{{\"{text}\":\"{text}\\\\\\\"é\\ud83d\\ude00\",\"a\":{{\"b\":[]}}}}";
        var random = new Random(7);
        var structured = AnyValue(random, 5);
        string[] bodies =
        [
            Judged.Answer(structured),
            Judged.Answer(structured, ",\"content\":[{\"type\":\"text\",\"text\":" + Quote(structured) + "}]"),
            Text(structured),
            Text(structured).Replace("\\\"", "\\u0022", StringComparison.Ordinal),
            Judged.Answer(longTexts),
            Text(longTexts),
        ];
        foreach (var body in bodies)
        {
            var events =
                ": ping\n\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{}}\r\n\r\n"
                + $"event: message\ndata: {body.Replace(",\"result\"", ",\ndata: \"result\"", StringComparison.Ordinal)}\n\ndata: {{}}\n\n";
            var whole = Read(body).ShouldNotBeNull();
            Read(events, isEventStream: true).ShouldBe(whole);
            foreach (var piece in new[] { 1, 2, 3, 7, 64, 1000, random.Next(1, 5000) })
            {
                Read(body, piece: piece).ShouldBe(whole);
                Read(events, isEventStream: true, piece: piece).ShouldBe(whole);
            }
        }
    }

    [Fact]
    public void ObjectWithManyNames_IsAMap()
    {
        Pointers(Read(Judged.Answer(Map(RecordedShape.MaxNames)))).Count(at => at.LastIndexOf('/') == 0).ShouldBe(64);

        var shape = Read(Judged.Answer(Map(RecordedShape.MaxNames + 1)));

        Pointers(shape).ShouldBe(["", "/*", "/*/v0", "/*/v0/*", "/*/v1", "/*/v1/*"]);
        Count(shape, "/*", "object").ShouldBe(65);
        Count(shape, "/*/v0/*", "integer").ShouldBe(33);
        Count(shape, "/*/v1", "elements").ShouldBe(32);

        static string Map(int names) =>
            $"{{{string.Join(',', Enumerable.Range(0, names).Select(i => $"\"k{i}\":{{\"v{i % 2}\":[{i}]}}"))}}}";
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void LongName_HasNoPointerOfItsOwn(int characters, bool isNamed)
    {
        var name = new string('é', characters);

        Pointers(Read(Judged.Answer($"{{\"{name}\":1}}"))).ShouldBe(["", isNamed ? "/" + name : "/*"]);
    }

    [Fact]
    public void ValuesBeyondTheBounds_AreCounted()
    {
        var many = string.Join(',', Enumerable.Range(0, 10).Select(i => $"\"{i}\":{{{Members(40)}}}"));
        var shape = Read(Judged.Answer($"{{{many}}}"));
        var pointers = Pointers(shape);

        // The values of 411 pointers, of which one is the whole.
        (pointers.Count + Count(shape, "…")).ShouldBe(411);
        pointers.Count.ShouldBeLessThanOrEqualTo(RecordedShape.MaxPointers);

        static string Members(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"a{i}\":1"));
    }

    [Theory]
    [InlineData(32, false)]
    [InlineData(33, true)]
    [InlineData(400, true)]
    public void DeepValues_AreCounted(int depth, bool isCut)
    {
        var shape = Read(Judged.Answer($"{new string('[', depth)}1{new string(']', depth)}"));

        Pointers(shape)[^1].Split('/').Length.ShouldBe(1 + Math.Min(depth, RecordedShape.MaxSteps));
        shape!.Contains("\\u2026", StringComparison.Ordinal).ShouldBe(isCut);
    }

    [Fact]
    public void Description_IsBounded()
    {
        var random = new Random(3);
        for (var i = 0; i < 50; i++)
        {
            var value = AnyValue(random, 5, random.Next(1, 40));

            var shape = Read(Judged.Answer(value));

            if (shape is not null)
            {
                shape.Length.ShouldBeLessThanOrEqualTo(RecordedShape.MaxBytes);
                JsonElement.Parse(shape).ValueKind.ShouldBe(JsonValueKind.Object);
            }
        }
    }

    [Theory]
    [InlineData("""{"a":"CANARY-14159265358979","b":[14159265358979,3.14159265358979,"\u0043ANARY-14159265358979"]}""")]
    [InlineData("""[["CANARY-14159265358979",{"a":{"b":"{\"c\":\"CANARY-14159265358979\"}"}}]]""")]
    public void Values_AreNeverInIt(string value)
    {
        foreach (var body in new[] { Judged.Answer(value), Text(value), Result($$"""{"messages":{{value}}}""") })
        {
            var shape = (Read(body) ?? Read(body, method: McpMethods.GetPrompt)).ShouldNotBeNull();

            shape.ShouldNotContain("14159265358979");
            shape.ShouldNotContain("ANARY-14159265358979");
        }
    }

    private static string? Read(
        string body,
        bool isEventStream = false,
        int piece = int.MaxValue,
        string method = McpMethods.CallTool
    )
    {
        var reader = new ShapeReader(method, "1"u8.ToArray());
        reader.Begin(isEventStream);
        var bytes = Encoding.UTF8.GetBytes(body);
        for (var at = 0; at < bytes.Length; at += Math.Min(piece, bytes.Length))
        {
            reader.Read(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
        }

        return reader.Shape is { } shape ? Encoding.UTF8.GetString(shape) : null;
    }

    private static List<string> Pointers(string? shape) =>
        [
            .. JsonElement
                .Parse(shape.ShouldNotBeNull())
                .EnumerateObject()
                .Select(m => m.Name)
                .Where(name => name is not ("…" or "from")),
        ];

    private static long Count(string? shape, string at, string? type = null)
    {
        var value = JsonElement.Parse(shape.ShouldNotBeNull()).GetProperty(at);
        return (type is null ? value : value.GetProperty(type)).GetInt64();
    }

    private static string Result(string result) => $$"""{"result":{{result}},"jsonrpc":"2.0","id":1}""";

    // An answer whose only text is the JSON.
    private static string Text(string json) => Result($$"""{"content":[{"type":"text","text":{{Quote(json)}}}]}""");

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    private static string AnyValue(Random random, int depth, int names = 12) =>
        random.Next(depth > 0 ? 6 : 4) switch
        {
            0 when depth < 5 => random.Next().ToString(System.Globalization.CultureInfo.InvariantCulture),
            1 when depth < 5 => Quote(new string("aé\"\\\n"[random.Next(5)], random.Next(100))),
            2 when depth < 5 => "1.5e3",
            3 when depth < 5 => "true",
            0 or 1 or 4 =>
                $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => AnyValue(random, depth - 1, names)))}]",
            _ =>
                $"{{{string.Join(',', Enumerable.Range(0, random.Next(names)).Select(i => $"\"name{i}é\":{AnyValue(random, depth - 2, names)}"))}}}",
        };
}
