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
        SchemaChange.Widened
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
        SchemaChange.Widened
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
        SchemaChange.Narrowed
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","z"],"maxLength":5}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Widened | SchemaChange.Narrowed
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string","enum":["x","y"],"maxLength":5,"x-mcp-header":"Leak"}},"required":["a"],"additionalProperties":false}""",
        SchemaChange.Widened
    )]
    [InlineData("true", SchemaChange.Widened)]
    [InlineData("{}", SchemaChange.Widened)]
    [InlineData("false", SchemaChange.Narrowed)]
    [InlineData("\"odd\"", SchemaChange.Widened)]
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
    [InlineData("""{"$ref":"#/$defs/a"}""", """{"$ref":"https://evil.example/a"}""", SchemaChange.Widened)]
    [InlineData("{}", """{"type":"string"}""", SchemaChange.Narrowed)]
    public void Compare_Keyword_IsAsListed(string before, string after, object expected) =>
        Compare(before, after).ShouldBe((SchemaChange)expected);

    private static SchemaChange Compare(string before, string after)
    {
        using var one = JsonDocument.Parse(before);
        using var other = JsonDocument.Parse(after);
        return SchemaComparison.Compare(one.RootElement, other.RootElement);
    }
}
