using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Tests.Schemas;

/// <summary>Patterns mean what ECMA-262 says, not what the platform's own syntax says.</summary>
public sealed class SchemaPatternTests
{
    private static readonly string[] Patterns =
    [
        @"^[^\W_]+$",
        @"^[^\W]+$",
        @"^[^/\W]$",
        @"^[^\D]+$",
        @"^[\W]$",
        @"^[\D]$",
        @"^[^\S]$",
        @"^[\s\d]$",
        @"^[\S]$",
        @"^\w+$",
        @"^\W+$",
        @"^\d$",
        @"^\D$",
        @"^\s$",
        @"^\S$",
        "^.$",
        "^..$",
        "^.+$",
        "^[^a]$",
        "^[^]$",
        "^[]$",
        "^[😀]$",
        "^[a😀]+$",
        "^😀*$",
        "^😀{2}$",
        @"^\u{1F600}$",
        @"^\ud83d\ude00$",
        @"^\ud83d$",
        @"^[\u{1F600}-\u{1F64F}]$",
        @"^[^\u{1F600}-\u{1F64F}]$",
        @"^[\ud83d\ude00]$",
        @"^[\u00e9-\u{1F601}]$",
        @"^\p{L}+$",
        @"^\p{Lu}$",
        @"^\P{L}$",
        @"^[\p{L}\p{N}_]+$",
        @"^[^\p{L}]$",
        "a|b",
        "^(?:a|b|)$",
        "^(a(b)?)+$",
        "^(?<year>[0-9]{1,2})$",
        "^a{2}$",
        "^a{1,}$",
        "^a{0,2}?$",
        "^a+?b*?$",
        @"^[\w.-]+$",
        "^[a-]$",
        "^[-a]$",
        @"^[a\-z]$",
        @"^[\]a]$",
        @"^[\b]$",
        @"^\t$",
        @"^\x41$",
        @"^\u0041$",
        @"^\cA$",
        @"^\0$",
        @"^\/$",
        "^[[]$",
        @"\bb",
        @"b\b",
        @"\Bb",
        @"^\b",
        @"a\b",
        @"[a-z]\b[^a-z]",
        @"\B😀",
        @"\b😀",
        "$",
        "^",
        "",
        "b$",
        // Not ECMA-262 with the flag u.
        "(?i)a",
        "(?#c)a",
        @"\Aa",
        @"a\Z",
        @"a\z",
        @"\G",
        @"\e",
        @"\a",
        @"\p{IsGreek}",
        @"\p",
        @"\pL",
        "[]a]",
        "a**",
        "a++",
        "^*",
        "a{2}{3}",
        "a{2,1}",
        "a{,3}",
        "{",
        "}",
        "]",
        "[b-a]",
        @"[\w-a]",
        "[a-z-[aeiou]]",
        "(?>a)",
        "(?'n'a)",
        "(?<n>a)(?<n>b)",
        "(",
        ")",
        "[a",
        @"\",
        @"\u12",
        @"\u{110000}",
        @"\x1",
        @"\c1",
        @"\01",
        @"\é",
    ];

    private static readonly string[] Texts =
    [
        "",
        "a",
        "b",
        "ab",
        "aab",
        "aa",
        "aaa",
        "A",
        "Z",
        "_",
        "-",
        "[",
        "]",
        "/",
        "1",
        "12",
        "a1_",
        "a.b-c",
        "a\n",
        "\n",
        "\r",
        "\t",
        "\b",
        "\0",
        "\u0001",
        " ",
        "\u0085",
        "\u00a0",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\u3000",
        "\u180e",
        "é",
        "É",
        "aé",
        "αβγ",
        "\u0663",
        "\u212a",
        "\u0130",
        "ſ",
        "😀",
        "😁",
        "😀😀",
        "a😀",
        "\U0001D49C",
        "a\U0001D49C",
        "\uffff",
        "\U0010FFFF",
        "éb",
        "bé",
        "aéb",
        "a😀b",
        "a b",
        "a\u200db",
    ];

    [Fact]
    public async Task IsMatch_OfAnyPatternAndText_IsAjvs()
    {
        var answers = await Ajv.AskAsync(
            Patterns.Select(pattern =>
                new JsonObject
                {
                    ["dialect"] = 2020,
                    ["schema"] = new JsonObject { ["pattern"] = pattern },
                    ["values"] = new JsonArray([.. Texts.Select(text => JsonValue.Create(text))]),
                }.ToJsonString()
            )
        );

        foreach (var (pattern, answer) in Patterns.Zip(answers))
        {
            var verdicts = JsonNode.Parse(answer)?.AsArray();
            var schema = TryCompile(pattern);
            (schema is null).ShouldBe(verdicts is null, pattern);
            for (var i = 0; i < Texts.Length && schema is not null; i++)
            {
                using var value = JsonDocument.Parse(JsonSerializer.Serialize(Texts[i]));
                (schema.FindError(value.RootElement) is null).ShouldBe(
                    verdicts![i]!.GetValue<bool>(),
                    $"{pattern} of {JsonSerializer.Serialize(Texts[i])}"
                );
            }
        }
    }

    [Theory] // as all engines read it, though the flag u allows no such escape
    [InlineData(@"^\d{4}\-\d{2}$", "2026-11")]
    [InlineData(@"^\@\_\ \:$", "@_ :")]
    public void IsMatch_NeedlessEscapeOfPunctuation_IsTheCharacter(string pattern, string text)
    {
        using var value = JsonDocument.Parse(JsonSerializer.Serialize(text));

        TryCompile(pattern)!.FindError(value.RootElement).ShouldBeNull();
    }

    [Fact]
    public void FindError_NamesOfProperties_AreMatchedAlike()
    {
        using var value = JsonDocument.Parse("""{"éa":1}""");

        Compile("""{"patternProperties":{"\\ba":false}}""").FindError(value.RootElement)!.Keyword.ShouldBe("false");
    }

    private static Schema? TryCompile(string pattern)
    {
        try
        {
            return Compile(new JsonObject { ["pattern"] = pattern }.ToJsonString());
        }
        catch (SchemaException)
        {
            return null;
        }
    }

    private static Schema Compile(string json)
    {
        using var schema = JsonDocument.Parse(json);
        return Schema.Compile(schema.RootElement);
    }
}
