using System.Text.Json;
using Culvert.Tunnel.Agent.Pins;

namespace Culvert.Tunnel.Agent.Tests.Pins;

/// <summary>A table of changes to a JSON Schema.</summary>
public sealed class SchemaComparisonTests
{
    private const string Base =
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","y"],"maxLength":5}},"required":["a"],"additionalProperties":false}""";

    [Theory]
    [InlineData(Base, SchemaChange.None)]
    [InlineData(
        """{"required":["a"],"additionalProperties":false,"type":"object","properties":{"a":{"maxLength":5,"enum":["x","y"],"type":"string"}}}""",
        SchemaChange.None
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","y"],"maxLength":5,"description":"d"}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Text
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["y","x"],"maxLength":5}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Text
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","y"],"maxLength":5},"b":{}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Widened | SchemaChange.Text
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","y"],"maxLength":5}},"additionalProperties":false}""",
        SchemaChange.Widened
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","y"],"maxLength":5}},"required":["a"]}""",
        SchemaChange.Widened
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","y","z"],"maxLength":5}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Widened | SchemaChange.Text
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","y"],"maxLength":6}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Widened
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","y"]}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Widened
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":["string","number"],"enum":["x","y"],"maxLength":5}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Widened
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x"],"maxLength":5}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Narrowed
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","y"],"maxLength":4}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Narrowed
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","y"],"maxLength":5,"pattern":"^x"}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Narrowed | SchemaChange.Text
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","z"],"maxLength":5}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Widened | SchemaChange.Narrowed | SchemaChange.Text
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","y"],"maxLength":5,"x-mcp-header":"Leak"}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Widened | SchemaChange.Text
    )]
    [InlineData("true", SchemaChange.Widened)]
    [InlineData("{}", SchemaChange.Widened)]
    [InlineData("false", SchemaChange.Narrowed)]
    [InlineData("\"odd\"", SchemaChange.Widened | SchemaChange.Text)]
    public void Compare_WithTheBase_IsAsListed(string after, object expected) =>
        Compare(Base, after).ShouldBe((SchemaChange)expected);

    [Theory]
    [InlineData("""{"type":"integer"}""", """{"type":"number"}""", SchemaChange.Widened)]
    [InlineData("""{"type":"number"}""", """{"type":"integer"}""", SchemaChange.Narrowed)]
    [InlineData("""{"minimum":1}""", """{"minimum":0}""", SchemaChange.Widened)]
    [InlineData("""{"minimum":1}""", """{"minimum":2}""", SchemaChange.Narrowed)]
    [InlineData("""{"anyOf":[{"type":"string"}]}""", """{"anyOf":[{"type":"string"},{}]}""", SchemaChange.Widened)]
    [InlineData(
        """{"allOf":[{"type":"string"}]}""",
        """{"allOf":[{"type":"string"},{"minLength":1}]}""",
        SchemaChange.Narrowed
    )]
    [InlineData(
        """{"items":{"type":"string"}}""",
        """{"items":{"type":"string"},"uniqueItems":true}""",
        SchemaChange.Narrowed
    )]
    [InlineData(
        """{"$ref":"#/$defs/a"}""",
        """{"$ref":"https://evil.example/a"}""",
        SchemaChange.Widened | SchemaChange.Text
    )]
    [InlineData("{}", """{"type":"string"}""", SchemaChange.Narrowed)]
    public void Compare_Keyword_IsAsListed(string before, string after, object expected) =>
        Compare(before, after).ShouldBe((SchemaChange)expected);

    [Theory] // what accepts more, whatever else it is
    [InlineData(
        """{"properties":{"a":{"pattern":"^x$"},"b":{}}}""",
        """{"properties":{"b":{}}}""",
        SchemaChange.Widened
    )]
    [InlineData(
        """{"properties":{"a":{"maxLength":1}},"additionalProperties":{"maxLength":2}}""",
        """{"properties":{},"additionalProperties":{"maxLength":2}}""",
        SchemaChange.Widened
    )]
    [InlineData(
        """{"properties":{"a":{"type":"string"}},"patternProperties":{"^a":{}},"additionalProperties":false}""",
        """{"properties":{},"patternProperties":{"^a":{}},"additionalProperties":false}""",
        SchemaChange.Widened
    )]
    [InlineData(
        """{"patternProperties":{"^a":{"type":"string"}},"additionalProperties":false,"properties":{"a":{}}}""",
        """{"patternProperties":{},"additionalProperties":false,"properties":{"a":{}}}""",
        SchemaChange.Widened
    )]
    [InlineData(
        """{"contains":{"minimum":1}}""",
        """{"contains":{"minimum":1},"minContains":0}""",
        SchemaChange.Widened
    )]
    [InlineData("""{"contains":{"minimum":1}}""", """{"contains":{"minimum":2}}""", SchemaChange.Widened)]
    [InlineData(
        """{"contains":{"minimum":1},"maxContains":1}""",
        """{"contains":{"minimum":1}}""",
        SchemaChange.Widened
    )]
    [InlineData("""{"oneOf":[{"minimum":1},{"minimum":2}]}""", """{"oneOf":[{"minimum":1}]}""", SchemaChange.Widened)]
    [InlineData(
        """{"oneOf":[{"minimum":1},{"minimum":2}]}""",
        """{"oneOf":[{"minimum":1},{"minimum":3}]}""",
        SchemaChange.Widened
    )]
    [InlineData("""{"oneOf":[{},{}]}""", """{"oneOf":[{}]}""", SchemaChange.Widened)]
    [InlineData("""{"not":{"minimum":1}}""", """{"not":{"minimum":2}}""", SchemaChange.Widened)]
    [InlineData(
        """{"if":{"minimum":1},"then":{"maximum":2}}""",
        """{"if":{"minimum":2},"then":{"maximum":2}}""",
        SchemaChange.Widened
    )]
    [InlineData(
        """{"unevaluatedProperties":false}""",
        """{"unevaluatedProperties":false,"additionalProperties":{"type":"string"}}""",
        SchemaChange.Widened | SchemaChange.Narrowed
    )]
    [InlineData(
        """{"unevaluatedItems":false}""",
        """{"unevaluatedItems":false,"items":{"type":"string"}}""",
        SchemaChange.Widened | SchemaChange.Narrowed
    )]
    [InlineData(
        """{"unevaluatedProperties":false}""",
        """{"unevaluatedProperties":false,"allOf":[{"properties":{"secret":{}}}]}""",
        SchemaChange.Widened | SchemaChange.Narrowed | SchemaChange.Text
    )]
    [InlineData(
        """{"properties":{"a":{"minimum":1}},"not":{"$ref":"#/properties/a"}}""",
        """{"properties":{"a":{"minimum":2}},"not":{"$ref":"#/properties/a"}}""",
        SchemaChange.Widened | SchemaChange.Narrowed
    )]
    [InlineData(
        """{"$ref":"#/$defs/a","$defs":{"a":{"minimum":1}}}""",
        """{"$ref":"#/$defs/a","$defs":{"a":{"minimum":2}}}""",
        SchemaChange.Widened
    )]
    [InlineData("""{"prefixItems":[{"minimum":1}]}""", """{"prefixItems":[]}""", SchemaChange.Widened)]
    [InlineData(
        """{"prefixItems":[],"items":{"minimum":1}}""",
        """{"prefixItems":[{}],"items":{"minimum":1}}""",
        SchemaChange.Widened
    )]
    [InlineData("""{"maximum":9007199254740992}""", """{"maximum":9007199254740993}""", SchemaChange.Widened)]
    [InlineData(
        """{"enum":[9007199254740992]}""",
        """{"enum":[9007199254740993]}""",
        SchemaChange.Widened | SchemaChange.Narrowed
    )]
    public void Compare_WhatAcceptsMore_IsWidened(string before, string after, object expected) =>
        Compare(before, after).ShouldBe((SchemaChange)expected);

    [Theory] // what accepts less, and shows no other text
    [InlineData(
        """{"properties":{"a":{"pattern":"^x$"},"b":{}},"additionalProperties":false}""",
        """{"properties":{"b":{}},"additionalProperties":false}"""
    )]
    [InlineData("""{"properties":{"a":{"minimum":1}}}""", """{"properties":{"a":{"minimum":2}}}""")]
    [InlineData("""{"properties":{"a":{}}}""", """{"properties":{"a":{}},"required":["a"]}""")]
    [InlineData("""{"properties":{"a":{}}}""", """{"properties":{"a":{}},"additionalProperties":false}""")]
    [InlineData("""{"contains":{"minimum":1}}""", """{"contains":{"minimum":1},"minContains":2}""")]
    [InlineData("""{"anyOf":[{"minimum":1},{"minimum":2}]}""", """{"anyOf":[{"minimum":1},{"minimum":3}]}""")]
    [InlineData("""{"allOf":[{"minimum":1}]}""", """{"allOf":[{"minimum":2}]}""")]
    [InlineData("""{"items":{"minimum":1}}""", """{"items":{"minimum":1},"prefixItems":[{"minimum":2}]}""")]
    [InlineData("""{"if":{"minimum":1},"then":{"maximum":3}}""", """{"if":{"minimum":1},"then":{"maximum":2}}""")]
    [InlineData("""{"enum":["x","y"]}""", """{"enum":["y"]}""")]
    [InlineData("""{"maximum":9007199254740993}""", """{"maximum":9007199254740992}""")]
    public void Compare_WhatAcceptsLess_IsNarrowedAlone(string before, string after) =>
        Compare(before, after).ShouldBe(SchemaChange.Narrowed);

    [Theory] // wherever the text is, and whatever else changes
    [InlineData("""{"description":"harmless"}""", """{"description":"EVIL","type":"string"}""")]
    [InlineData("""{"title":"t"}""", """{"title":"EVIL","maxLength":99}""")]
    [InlineData("{}", """{"additionalProperties":{"description":"EVIL"}}""")]
    [InlineData("{}", """{"allOf":[{"description":"EVIL"}]}""")]
    [InlineData("{}", """{"enum":["EVIL"]}""")]
    [InlineData("""{"enum":["a","b"]}""", """{"enum":["EVIL","b"]}""")]
    [InlineData("{}", """{"enum":[{"EVIL":1}]}""")]
    [InlineData("{}", """{"const":"EVIL"}""")]
    [InlineData("{}", """{"const":["EVIL"]}""")]
    [InlineData("{}", """{"format":"EVIL"}""")]
    [InlineData("""{"pattern":"a"}""", """{"pattern":"EVIL|.*"}""")]
    [InlineData("{}", """{"required":["EVIL"]}""")]
    [InlineData("{}", """{"required":[["EVIL"]]}""")]
    [InlineData("{}", """{"type":"EVIL"}""")]
    [InlineData("{}", """{"minimum":"EVIL"}""")]
    [InlineData("{}", """{"not":{"description":"EVIL"}}""")]
    [InlineData("{}", """{"x-note":"EVIL"}""")]
    [InlineData("{}", """{"x-EVIL":1}""")]
    [InlineData("{}", """{"properties":"EVIL"}""")]
    [InlineData("{}", """{"items":[{"description":"EVIL"}]}""")]
    [InlineData("{}", """{"$defs":{"EVIL":{}}}""")]
    [InlineData(
        """{"anyOf":[{"const":1,"description":"a"},{"const":2,"description":"b"}]}""",
        """{"anyOf":[{"const":1,"description":"b"},{"const":2,"description":"a"}]}"""
    )]
    [InlineData(
        """{"properties":{"a":{"description":"x"},"b":{}},"additionalProperties":false}""",
        """{"properties":{"a":{"description":"EVIL"}},"additionalProperties":false}"""
    )]
    public void Compare_AnotherText_IsText(string before, string after) =>
        Compare(before, after).HasFlag(SchemaChange.Text).ShouldBeTrue();

    [Fact] // a server chooses how deep and how large they are
    public void Compare_TooDeepOrTooLarge_IsOfAllClasses()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"items":""", 70)) + "{0}" + new string('}', 70);
        var members = string.Join(',', Enumerable.Range(0, 3000).Select(i => $"\"p{i}\":{{\"minimum\":{i}}}"));

        Compare(deep.Replace("{0}", "1"), deep.Replace("{0}", "2")).ShouldBe(SchemaChange.Widened | SchemaChange.Text);
        Compare(
                $$"""{"properties":{ {{members}} },"additionalProperties":{ {{members}} } }""",
                $$"""{"properties":{},"additionalProperties":{ {{members}} } }"""
            )
            .HasFlag(SchemaChange.Widened)
            .ShouldBeTrue();
    }

    private static SchemaChange Compare(string before, string after)
    {
        var options = new JsonDocumentOptions { MaxDepth = CanonicalJson.MaxDepth };
        using var one = JsonDocument.Parse(before, options);
        using var other = JsonDocument.Parse(after, options);
        return SchemaComparison.Compare(one.RootElement, other.RootElement);
    }
}
