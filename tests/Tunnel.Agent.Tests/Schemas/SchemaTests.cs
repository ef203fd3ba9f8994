using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Tests.Schemas;

/// <summary>Values against schemas: what is accepted, which place and keyword is named, and what no schema may do.</summary>
public sealed class SchemaTests
{
    private const string Draft7 = "\"$schema\":\"http://json-schema.org/draft-07/schema#\",";

    [Theory]
    [InlineData("true", "1", "")]
    [InlineData("false", "1", " false")]
    [InlineData("{}", "null", "")]
    [InlineData("""{"type":"integer"}""", "1.0", "")]
    [InlineData("""{"type":"integer"}""", "1.5", " type")]
    [InlineData("""{"type":"integer"}""", "\"1\"", " type")]
    [InlineData("""{"type":["string","null"]}""", "null", "")]
    [InlineData("""{"type":"number"}""", "true", " type")]
    [InlineData("""{"const":1}""", "1.00", "")]
    [InlineData("""{"const":{"a":[1,2],"b":0}}""", """{"b":0.0,"a":[1e0,2]}""", "")]
    [InlineData("""{"enum":["a",2,null]}""", "2", "")]
    [InlineData("""{"enum":["a",2,null]}""", "\"2\"", " enum")]
    [InlineData("""{"minimum":9007199254740993}""", "9007199254740992", " minimum")] // not as doubles
    [InlineData("""{"exclusiveMaximum":1}""", "1.0", " exclusiveMaximum")]
    [InlineData("""{"maximum":1e400}""", "1e399", "")]
    [InlineData("""{"multipleOf":0.1}""", "0.3", "")] // nor as binary fractions
    [InlineData("""{"multipleOf":0.1}""", "0.35", " multipleOf")]
    [InlineData("""{"maxLength":1}""", "\"\ud83d\ude00\"", "")] // code points
    [InlineData("""{"minLength":2}""", "\"\ud83d\ude00\"", " minLength")]
    [InlineData("""{"pattern":"^\\d+$"}""", "\"12\\n\"", " pattern")] // $ is the end alone
    [InlineData("""{"pattern":"^\\d+$"}""", "\"\u0661\"", " pattern")] // ASCII's digits
    [InlineData("""{"pattern":"^[\\w.-]+$"}""", "\"a_b.c-1\"", "")]
    [InlineData("""{"pattern":"b"}""", "\"abc\"", "")] // not anchored
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"a":1}""", "/a type")]
    [InlineData("""{"properties":{"a/b":{"items":{"type":"string"}}}}""", """{"a/b":["x",1]}""", "/a~1b/* type")]
    [InlineData("""{"required":["a"]}""", "{}", "/a required")]
    [InlineData("""{"properties":{"a":true},"additionalProperties":false}""", """{"a":1,"secret":1}""", "/* false")]
    [InlineData("""{"additionalProperties":{"type":"string"}}""", """{"secret":1}""", "/* type")]
    [InlineData("""{"patternProperties":{"^x-":{"type":"string"}}}""", """{"x-a":1}""", "/* type")]
    [InlineData("""{"propertyNames":{"maxLength":2}}""", """{"abc":1}""", " maxLength")]
    [InlineData("""{"minProperties":1}""", "{}", " minProperties")]
    [InlineData("""{"dependentRequired":{"a":["b"]}}""", """{"a":1}""", "/b required")]
    [InlineData("""{"dependentSchemas":{"a":{"required":["b"]}}}""", """{"a":1,"b":2}""", "")]
    [InlineData("""{"prefixItems":[{"type":"string"}],"items":false}""", """["a",1]""", "/* false")]
    [InlineData("""{"uniqueItems":true}""", "[1,1.0]", " uniqueItems")]
    [InlineData("""{"uniqueItems":true}""", """[{"a":1,"b":2},{"b":2,"a":1}]""", " uniqueItems")]
    [InlineData("""{"uniqueItems":true}""", """[1,"1",[1],{"a":1}]""", "")]
    [InlineData("""{"contains":{"type":"string"},"maxContains":1}""", """["a","b"]""", " contains")]
    [InlineData("""{"contains":{"type":"string"},"minContains":0}""", "[1]", "")]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":3}]}""", "2", " anyOf")]
    [InlineData("""{"oneOf":[{"type":"number"},{"minimum":3}]}""", "4", " oneOf")]
    [InlineData("""{"not":{"type":"string"}}""", "\"a\"", " not")]
    [InlineData("""{"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":2}}""", "\"a\"", " minLength")]
    [InlineData("""{"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":2}}""", "1", " minimum")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}}}""", "1", " type")]
    [InlineData("""{"$ref":"#a","$defs":{"x":{"$anchor":"a","type":"string"}}}""", "1", " type")]
    [InlineData("""{"$ref":"#/$defs/a%20b","$defs":{"a b":{"type":"string"}}}""", "1", " type")]
    [InlineData("""{"$id":"https://a.test/x","$ref":"https://a.test/x#/$defs/a","$defs":{"a":false}}""", "1", " false")]
    [InlineData(
        """{"properties":{"n":{"$ref":"#"}},"additionalProperties":false}""",
        """{"n":{"n":{"m":1}}}""",
        "/n/n/* false"
    )]
    [InlineData("""{"$ref":"#/$defs/a","minimum":5,"$defs":{"a":true}}""", "1", " minimum")] // both count
    [InlineData(
        """{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}""",
        """{"a":1,"b":1}""",
        "/* false"
    )]
    [InlineData(
        """{"anyOf":[{"properties":{"a":true},"required":["a"]},{"properties":{"b":true}}],"unevaluatedProperties":false}""",
        """{"a":1,"b":1}""",
        ""
    )]
    [InlineData("""{"prefixItems":[true],"unevaluatedItems":false}""", "[1,2]", "/* false")]
    [InlineData("""{"format":"ipv4"}""", "\"x\"", "")] // an annotation
    [InlineData("""{"x-mcp-header":"A","description":"d"}""", "1", "")]
    [InlineData("{" + Draft7 + """ "items":[{"type":"string"}],"additionalItems":false}""", """["a",1]""", "/* false")]
    [InlineData("{" + Draft7 + """ "dependencies":{"a":["b"]}}""", """{"a":1}""", "/b required")]
    [InlineData("""{"dependencies":{"a":["b"]}}""", """{"a":1}""", "/b required")] // kept in every version
    [InlineData("""{"dependencies":{"a":{"required":["b"]}}}""", """{"a":1}""", "/b required")]
    [InlineData("{" + Draft7 + """ "$ref":"#/definitions/a","minimum":5,"definitions":{"a":true}}""", "1", "")] // alone
    [InlineData("{" + Draft7 + """ "dependentRequired":{"a":["b"]}}""", """{"a":1}""", "")] // not there yet
    public void FindError_NamesPlaceAndKeyword(string schema, string value, string error) =>
        Find(schema, value).ShouldBe(error);

    [Theory]
    [InlineData("1")]
    [InlineData("""{"$schema":"https://example.test/mine"}""")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-04/schema#"}""")]
    [InlineData("""{"$ref":"https://example.test/other"}""")]
    [InlineData("""{"$ref":"other.json"}""")]
    [InlineData("""{"$ref":"#/nowhere"}""")]
    [InlineData("""{"$ref":1}""")]
    [InlineData("""{"$dynamicRef":"#a"}""")]
    [InlineData("""{"properties":{"a":{"$id":"https://a.test/b"}}}""")]
    [InlineData("""{"properties":{"a":{"$schema":"http://json-schema.org/draft-07/schema#"}}}""")]
    [InlineData("""{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}""")]
    [InlineData("""{"type":"text"}""")]
    [InlineData("""{"type":1}""")]
    [InlineData("""{"enum":1}""")]
    [InlineData("""{"minimum":"1"}""")]
    [InlineData("""{"minLength":-1}""")]
    [InlineData("""{"minLength":1.5}""")]
    [InlineData("""{"pattern":"("}""")]
    [InlineData("""{"pattern":"(?=a)"}""")]
    [InlineData("""{"pattern":"(a)\\1"}""")]
    [InlineData("""{"properties":[]}""")]
    [InlineData("""{"properties":{"a":1}}""")]
    [InlineData("""{"required":"a"}""")]
    [InlineData("""{"items":[true]}""")]
    [InlineData("""{"anyOf":[]}""")]
    [InlineData("""{"anyOf":{}}""")]
    public void Compile_WhatCannotBeChecked_IsRefused(string schema) =>
        Should.Throw<SchemaException>(() => Compile(schema));

    [Theory] // what is refused in one place is not an error in one that counts for nothing
    [InlineData("""{"enum":[{"$ref":"https://example.test/other"}]}""")]
    [InlineData("""{"$defs":{"a":{"type":"text"}}}""")]
    [InlineData("""{"properties":{"$ref":{"type":"string"}}}""")]
    public void Compile_WhatIsNotUsed_IsNotRead(string schema) => Compile(schema);

    [Fact]
    public void Compile_TooDeepOrTooLarge_IsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"not":""", 80)) + "true" + new string('}', 80);
        var large =
            $$"""{"properties":{ {{string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"p{i}\":true"))}} } }""";

        Should.Throw<SchemaException>(() => Compile(deep));
        Should.Throw<SchemaException>(() => Compile(large));
    }

    [Theory] // none of them takes time that one call may not cause, or is accepted by way of not
    [InlineData("""{"$ref":"#"}""", "1")]
    [InlineData("""{"not":{"$ref":"#"}}""", "1")]
    [InlineData(
        """{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"},{"$ref":"#/$defs/b"}]},"b":{"anyOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}]}}}""",
        "1"
    )]
    public void FindError_WorkWithoutEnd_IsGivenUp(string schema, string value) =>
        Find(schema, value).ShouldBe(" too_much");

    [Fact]
    public void FindError_ManyItemsThatAreNearlyTheSame_IsGivenUp()
    {
        var items = string.Join(',', Enumerable.Range(0, 5000).Select(i => $$"""{"a":{{i}}}"""));

        Find("""{"uniqueItems":true}""", $"[{items}]").ShouldBe(" too_much");
        Find("""{"not":{"uniqueItems":true}}""", $"[{items}]").ShouldBe(" too_much");
        Find("""{"uniqueItems":true}""", $"[{string.Join(',', Enumerable.Range(0, 50_000))}]").ShouldBe("");
    }

    [Fact]
    public void FindError_TextForAPattern_IsBounded()
    {
        var text = $"\"{new string('a', JsonText.MaxBytes)}\"";

        Find("""{"pattern":"^(a+)+$"}""", text).ShouldBe(" too_much");
        Find("""{"not":{"pattern":"^(a+)+$"}}""", text).ShouldBe(" too_much");
    }

    [Fact] // a caller chooses how many digits a number has
    public void FindError_NumbersWithManyDigits_AreCompared()
    {
        var number = new string('1', 2_000_000);

        Find("""{"uniqueItems":true}""", $"[{number},{number}1]").ShouldBe("");
        Find("""{"uniqueItems":true}""", $"[{number},{number}]").ShouldBe(" uniqueItems");
    }

    [Fact]
    public void FindError_HalfASurrogatePair_IsUnreadable()
    {
        Find("""{"const":"a"}""", "\"\\ud800\"").ShouldBe(" unreadable");
        Find("""{"not":{"maxLength":5}}""", "\"\\ud800\"").ShouldBe(" unreadable");
    }

    private static Schema Compile(string schema)
    {
        using var document = JsonDocument.Parse(schema, new JsonDocumentOptions { MaxDepth = 256 });
        return Schema.Compile(document.RootElement);
    }

    private static string Find(string schema, string value)
    {
        using var document = JsonDocument.Parse(value);
        return Compile(schema).FindError(document.RootElement) is { } error ? $"{error.At} {error.Keyword}" : "";
    }
}
