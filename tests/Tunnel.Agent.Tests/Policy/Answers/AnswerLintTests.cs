using System.Text.Json;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Answers;

namespace Culvert.Tunnel.Agent.Tests.Policy.Answers;

/// <summary>Answer rules that are valid, and let more cross than they appear to.</summary>
public sealed class AnswerLintTests
{
    private const string Own = "rows: [{at: /orders, where: {at: /customer, const: c-7}}]";

    private const string Schema = """
        {
          "type": "object",
          "properties": {
            "orders": {"type": "array", "items": {"$ref": "#/$defs/order"}},
            "found": {"type": ["integer", "null"]},
            "more": {"type": "object"}
          },
          "$defs": {
            "order": {
              "type": "object",
              "properties": {"id": {"type": "integer"}, "customer": {"type": "string"}},
              "additionalProperties": false
            }
          }
        }
        """;

    [Theory]
    [InlineData("fields: [/orders/*/id]")]
    [InlineData("rows: [{at: /orders, max: 10}]")]
    [InlineData(Own + ", fields: [/orders/*/id, /orders/*/count, /next, /discount]")]
    public void Rule_ThatLetsCrossWhatItNames_HasNoWarning(string answer) =>
        Lint(Rule($"answer: {{{answer}}}")).ShouldBeEmpty();

    [Theory]
    [InlineData(
        "fields: [/id], text: pass",
        "answer.text: The server's texts cross as they are, whatever rows and fields remove. Write text: derive, so that texts are written from what crosses."
    )]
    [InlineData(
        "mask: [{detect: [email]}]",
        "answer.mask: Detectors find only values of a known form, and without fields all other values cross. List fields: they are the boundary, and detectors are for what is left."
    )]
    [InlineData(
        Own,
        "answer.fields: Records of /orders are removed, and everything around them crosses: also a count of them, and what the server adds later. List fields, and a count only if every caller may know it."
    )]
    [InlineData(
        Own + ", fields: [/orders/*/id, /totalCount]",
        "answer.fields: /totalCount crosses, and the server may have computed it over records of /orders that are removed. Remove it from fields, unless every caller may know it."
    )]
    [InlineData(
        Own + ", fields: [/orders/*/id, /page/order_count]",
        "answer.fields: /page/order_count crosses, and the server may have computed it over records of /orders that are removed. Remove it from fields, unless every caller may know it."
    )]
    [InlineData(
        Own + ", fields: [/orders]",
        "answer.fields: /orders names no members: what the server adds to the records later crosses too. Name the members that callers need, such as /orders/*/id."
    )]
    [InlineData(
        Own + ", fields: [/orders/*]",
        "answer.fields: /orders/* names no members: what the server adds to the records later crosses too. Name the members that callers need, such as /orders/*/id."
    )]
    [InlineData(
        "rows: [{at: /result/orders, where: {at: /customer, const: c-7}}], fields: [/result]",
        "answer.fields: /result crosses whole, with /result/orders in it: also a count of its records, and what the server adds later. Name the members that callers need, such as /result/orders/*/id."
    )]
    [InlineData(
        "fields: [/orders/0/id]",
        "answer.fields: /orders/0/id has a member with the name 0: elements of an array have no numbers here. Write * for all elements of an array."
    )]
    [InlineData(
        "mask: [{at: /orders/12/iban, as: iban}]",
        "answer.mask: /orders/12/iban has a member with the name 12: elements of an array have no numbers here. Write * for all elements of an array."
    )]
    [InlineData(
        "rows: [{at: /orders, where: {at: /customer, equals_claim: customer_id}}], fields: [/orders/*/id]",
        "arguments: Records are compared with the claim customer_id, and no argument is: the server finds those of all callers. If an argument selects the records, write arguments: [{at: /NAME, equals_claim: customer_id}] too."
    )]
    public void Rule_ThatLetsMoreCross_IsNamedWithWhatToWrite(string answer, string warning) =>
        Lint(Rule($"answer: {{{answer}}}")).ShouldBe([$"a: {warning}"]);

    [Fact]
    public void Prompt_WhoseTextPasses_NeedsDetectors() =>
        Lint("{name: a, effect: allow, prompts: [greet], answer: {text: pass}}")
            .ShouldBe([
                "a: answer.text: The server's texts cross as they are, whatever rows and fields remove. Write text: mask, and an entry of mask with detect.",
            ]);

    [Fact]
    public void Claim_ThatAnArgumentIsComparedWithToo_HasNoWarning() =>
        Lint(
                Rule(
                    "arguments: [{at: /c, equals_claim: customer_id}], answer: {rows: [{at: /orders, where: {at: /c, equals_claim: customer_id}}], fields: [/orders/*/id]}"
                )
            )
            .ShouldBeEmpty();

    [Theory]
    [InlineData("{name: all, effect: allow, tools: [get]}", "get")]
    [InlineData("""{name: all, effect: allow, tools: ["g*"], groups: [staff, guests]}""", "get")]
    [InlineData("""{name: all, effect: allow, tools: [get], scope: read}""", "get")]
    public void OtherRule_WithoutAnAnswer_ForOtherCallers_IsNamed(string other, string name) =>
        Lint($"{Rule("groups: [staff], answer: {fields: [/id]}")}, {other}")
            .ShouldBe([
                $"a: answer: all allows the same calls ({name}) to others, who get the whole answers. Give all an answer too, or take the name out of it.",
            ]);

    [Theory]
    [InlineData("{name: other, effect: allow, tools: [find]}")]
    [InlineData("{name: other, effect: deny, tools: [get]}")]
    [InlineData("{name: other, effect: allow, tools: [get], groups: [staff], subject: alice}")]
    [InlineData(
        "{name: other, effect: allow, tools: [get]}, {name: rest, effect: allow, tools: [\"*\"], answer: {fields: [/id]}}"
    )]
    public void OtherRule_WhoseCallersAreJudgedAnyway_IsNotNamed(string others) =>
        Lint($"{Rule("groups: [staff], answer: {fields: [/id]}")}, {others}").ShouldBeEmpty();

    [Fact]
    public void Default_ThatLetsOthersCall_IsNamed()
    {
        var read = PolicyFile.Read(
            $"{{mode: enforce, default: allow, rules: [{Rule("groups: [staff], answer: {fields: [/id]}")}]}}"
        );

        new AnswerLint(read.Settings!, null)
            .Find()
            .Select(w => $"{w}")
            .ShouldBe([
                "a: answer: default: allow lets all other callers make the same calls, and they get the whole answers. Write default: deny, or a rule with answer for every caller.",
            ]);
    }

    [Fact]
    public void Pointer_ThatTheApprovedSchemaDoesNotDeclare_IsNamed() =>
        Lint(
                Rule(
                    "answer: {rows: [{at: /orders, where: {at: /custmer, const: c-7}}], fields: [/orders/*/id, /more/any, /ordrs/*/id], mask: [{at: /orders/*/iban, as: iban}], "
                        + "approve: {when: {at: /ordrs/*/id, min: 1}, show: [/more/any]}}"
                ),
                Schema
            )
            .ShouldBe([
                "a: answer.rows: /orders/*/custmer is in no approved output schema of the rule's tools. Correct the pointer, or remove it.",
                "a: answer.fields: /ordrs/*/id is in no approved output schema of the rule's tools. Correct the pointer, or remove it.",
                "a: answer.mask: /orders/*/iban is in no approved output schema of the rule's tools. Correct the pointer, or remove it.",
                "a: answer.approve: /ordrs/*/id is in no approved output schema of the rule's tools. Correct the pointer, or remove it.",
            ]);

    [Fact]
    public void Number_ByTheApprovedSchema_IsLikeACount() =>
        Lint(Rule($"answer: {{{Own}, fields: [/orders/*/id, /found]}}"), Schema)
            .ShouldBe([
                "a: answer.fields: /found crosses, and the server may have computed it over records of /orders that are removed. Remove it from fields, unless every caller may know it.",
            ]);

    [Theory]
    [InlineData("tools: [get, other], answer: {fields: [/x]}")] // not approved
    [InlineData("""tools: ["*"], answer: {fields: [/x]}""")] // approved without a schema
    public void Pointer_OfAToolWithoutAKnownSchema_IsNotJudged(string rule) =>
        Lint($"{{name: a, effect: allow, {rule}}}", Schema).ShouldBeEmpty();

    [Theory]
    [InlineData("true", "/a", null)]
    [InlineData("{}", "/a", null)]
    [InlineData("false", "/a", 0)]
    [InlineData("""{"type":"object"}""", "/a", null)]
    [InlineData("""{"type":"string"}""", "/a", 0)]
    [InlineData("""{"properties":{"a":{}}}""", "/a", 1)]
    [InlineData("""{"properties":{"a":{}}}""", "/b", 0)]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":true}""", "/b", null)]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":{"type":"string"}}""", "/b", 1)]
    [InlineData("""{"properties":{"a":{}},"patternProperties":{"^b":{}}}""", "/b", null)]
    [InlineData("""{"type":"array","items":{"properties":{"a":{"type":"string"}}}}""", "/*/a", 1)]
    [InlineData("""{"type":"array","items":{"properties":{"a":{"type":"string"}}}}""", "/a", 0)]
    [InlineData("""{"type":"array","prefixItems":[{}]}""", "/*", null)]
    [InlineData("""{"type":"array","items":[{"type":"string"}]}""", "/*", null)]
    [InlineData("""{"anyOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}]}""", "/b", 1)]
    [InlineData("""{"anyOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}]}""", "/c", 0)]
    [InlineData("""{"$ref":"#"}""", "/a", null)]
    [InlineData("""{"$ref":"https://schemas.example/a"}""", "/a", null)]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"properties":{"b":{}}}}}""", "/a/b", 1)]
    [InlineData("""{"properties":{"a":{}},"not":{"required":["b"]}}""", "/b", null)]
    public void OutputSchema_FindsWhatIsDeclared(string schema, string at, int? count)
    {
        AnswerPath.TryParse(at, out var path).ShouldBeTrue();

        (OutputSchema.Find(JsonElement.Parse(schema), path!.Steps)?.Count).ShouldBe(count);
    }

    private static string Rule(string keys) => $"{{name: a, effect: allow, tools: [get], {keys}}}";

    // Of the tool "get" with an output schema, and one without.
    private static IEnumerable<string> Lint(string rules, string? schema = null) =>
        new AnswerLint(
            PolicyFile.Settings(rules),
            schema is null
                ? null
                : new Dictionary<string, JsonElement?> { ["get"] = JsonElement.Parse(schema), ["plain"] = null }
        )
            .Find()
            .Select(warning => $"{warning}");
}
