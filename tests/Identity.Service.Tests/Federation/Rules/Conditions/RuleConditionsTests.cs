using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Rules.Conditions;

public sealed class RuleConditionsTests
{
    private const string Token = """
        {"sub":"repo:acme/api:environment:prod","text":"74","number":74,"fraction":74.0,"exponent":7.4e1,"zero":0,
         "yes":true,"no":false,"nothing":null,"list":["a",1,true,{"a":1},["a"]],"object":{"a":"b"},
         "escaped":"\u0070rod","accent":"ä","huge":9223372036854775807,"beyond":9223372036854775808,"minus":-0}
        """;

    // Types are never converted, absence never matches, arrays are read by contains alone (A56: "1" is not 1).
    [Theory]
    [Trait("Attack", "A56")]
    [InlineData("""{"claim":"text","eq":"74"}""", "Holds")]
    [InlineData("""{"claim":"text","eq":74}""", "Differs")]
    [InlineData("""{"claim":"number","eq":74}""", "Holds")]
    [InlineData("""{"claim":"number","eq":"74"}""", "Differs")]
    [InlineData("""{"claim":"fraction","eq":74}""", "Differs")]
    [InlineData("""{"claim":"exponent","eq":74}""", "Differs")]
    [InlineData("""{"claim":"zero","eq":false}""", "Differs")]
    [InlineData("""{"claim":"zero","eq":0}""", "Holds")]
    [InlineData("""{"claim":"minus","eq":0}""", "Holds")]
    [InlineData("""{"claim":"huge","eq":9223372036854775807}""", "Holds")]
    [InlineData("""{"claim":"beyond","eq":9223372036854775807}""", "Differs")]
    [InlineData("""{"claim":"yes","eq":true}""", "Holds")]
    [InlineData("""{"claim":"yes","eq":"true"}""", "Differs")]
    [InlineData("""{"claim":"no","eq":true}""", "Differs")]
    [InlineData("""{"claim":"nothing","eq":""}""", "Differs")]
    [InlineData("""{"claim":"nothing","eq":false}""", "Differs")]
    [InlineData("""{"claim":"absent","eq":""}""", "Missing")]
    [InlineData("""{"claim":"absent","eq":false}""", "Missing")]
    [InlineData("""{"claim":"list","eq":"a"}""", "Differs")]
    [InlineData("""{"claim":"list","in":["a",1]}""", "Differs")]
    [InlineData("""{"claim":"list","prefix":"a"}""", "Differs")]
    [InlineData("""{"claim":"list","contains":"a"}""", "Holds")]
    [InlineData("""{"claim":"list","contains":1}""", "Holds")]
    [InlineData("""{"claim":"list","contains":"1"}""", "Differs")]
    [InlineData("""{"claim":"list","contains":true}""", "Holds")]
    [InlineData("""{"claim":"list","contains":"b"}""", "Differs")]
    [InlineData("""{"claim":"text","contains":"74"}""", "Differs")]
    [InlineData("""{"claim":"text","contains":"7"}""", "Differs")]
    [InlineData("""{"claim":"object","eq":"b"}""", "Differs")]
    [InlineData("""{"claim":"/object/a","eq":"b"}""", "Holds")]
    [InlineData("""{"claim":"escaped","eq":"prod"}""", "Holds")]
    [InlineData("""{"claim":"escaped","prefix":"pro"}""", "Holds")]
    [InlineData("""{"claim":"escaped","prefix":"\\u"}""", "Differs")]
    [InlineData("""{"claim":"accent","eq":"a\u0308"}""", "Differs")]
    [InlineData("""{"claim":"text","in":["73","74"]}""", "Holds")]
    [InlineData("""{"claim":"text","in":["73",74]}""", "Differs")]
    [InlineData("""{"claim":"text","prefix":"7"}""", "Holds")]
    [InlineData("""{"claim":"text","prefix":"75"}""", "Differs")]
    [InlineData("""{"claim":"number","prefix":"7"}""", "Differs")]
    [InlineData("""{"claim":"sub","segments":"repo:acme/*:environment:prod"}""", "Holds")]
    [InlineData("""{"claim":"sub","segments":"repo:*:environment:prod"}""", "Differs")]
    [InlineData("""{"claim":"number","segments":"74"}""", "Differs")]
    public void Evaluate_Matcher_SaysWhatTheTokenDoes(string matcher, string verdict) =>
        Conditions($$"""{"matchers":[{{matcher}}]}""")
            .Single()
            .Evaluate(Claims(Token))
            .Verdict.ToString()
            .ShouldBe(verdict);

    [Fact]
    public void Of_EveryMember_BecomesAConditionInOrder()
    {
        var conditions = Conditions(
            """
            {"subject_prefix":"repo:*","subject_segments":"repo:acme/*:environment:prod","claims":{"text":"74"},
             "matchers":[{"claim":"number","eq":74}]}
            """
        );

        conditions
            .Select(c => $"{c.Origin} {c.Claim} {c.Operator} {c.Expected}")
            .ShouldBe([
                "Subject sub prefix repo:",
                "Subject sub segments repo:acme/*:environment:prod",
                "Claims text eq 74",
                "Matchers number eq 74",
            ]);
        conditions.ShouldAllBe(condition => condition.Holds(Claims(Token)));
    }

    [Theory]
    [InlineData("""{"claim":"text"}""")]
    [InlineData("""{"claim":"text","eq":null}""")]
    [InlineData("""{"claim":"text","eq":"a","prefix":"a"}""")]
    [InlineData("""{"claim":"text","eq":1.5}""")]
    [InlineData("""{"claim":"text","eq":1e2}""")]
    [InlineData("""{"claim":"text","eq":9223372036854775808}""")]
    [InlineData("""{"claim":"text","eq":["a"]}""")]
    [InlineData("""{"claim":"text","eq":{}}""")]
    [InlineData("""{"claim":"text","in":[]}""")]
    [InlineData("""{"claim":"text","in":["a",null]}""")]
    [InlineData("""{"claim":"text","in":[["a"]]}""")]
    [InlineData("""{"claim":"text","prefix":""}""")]
    [InlineData("""{"claim":"text","segments":"*"}""")]
    [InlineData("""{"claim":"text","segments":"a-*"}""")]
    [InlineData("""{"claim":"text","contains":null}""")]
    [InlineData("""{"claim":"text","contains":[]}""")]
    [InlineData("""{"claim":"","eq":"a"}""")]
    [InlineData("""{"claim":"/a~2","eq":"a"}""")]
    [InlineData("null")]
    public void Read_BadMatcher_IsRefused(string matcher)
    {
        var match = RuleMatchReader.Read(Document($$"""{"matchers":[{{matcher}}]}"""));

        match.Value.ShouldBeNull();
        match.Refusal!.Code.Code.ShouldBe("federation.match");
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Read_In_IsBounded(int values, bool accepted) =>
        IsAccepted($$"""{"matchers":[{"claim":"a","in":[{{Repeat("\"x\"", values)}}]}]}""").ShouldBe(accepted);

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void Read_Matchers_AreBounded(int matchers, bool accepted) =>
        IsAccepted($$"""{"matchers":[{{Repeat("{\"claim\":\"a\",\"eq\":\"x\"}", matchers)}}]}""").ShouldBe(accepted);

    // Every condition is one more "and": a rule with one more admits a part of what it admitted.
    [Fact]
    public void Property_AddingACondition_NeverWidens() =>
        Prop.ForAll(
                Arb.From(Gen.SubListOf(SomeMatchers)),
                Arb.From(Gen.Elements(SomeMatchers)),
                Arb.From(SomeTokens),
                (matchers, added, token) =>
                {
                    var claims = Claims(token);
                    var before = Conditions(matchers).All(c => c.Holds(claims));
                    var after = Conditions([.. matchers, added]).All(c => c.Holds(claims));
                    return !after || before;
                }
            )
            .CheckSeeded();

    [Fact]
    public void Property_OrderOfClaims_IsIrrelevant() =>
        Prop.ForAll(
                Arb.From(Gen.SubListOf(SomeMatchers)),
                Arb.From(Gen.Shuffle(SomeMembers)),
                (matchers, members) =>
                {
                    var conditions = Conditions(matchers);
                    return conditions.All(c =>
                        c.Holds(Claims(ObjectOf(members))) == c.Holds(Claims(ObjectOf(SomeMembers)))
                    );
                }
            )
            .CheckSeeded();

    private static readonly string[] SomeMatchers =
    [
        """{"claim":"a","eq":"x"}""",
        """{"claim":"a","prefix":"x"}""",
        """{"claim":"a","in":["x","y"]}""",
        """{"claim":"b","eq":1}""",
        """{"claim":"b","in":[1,true]}""",
        """{"claim":"/c/d","eq":true}""",
        """{"claim":"e","contains":"x"}""",
        """{"claim":"f","segments":"x:*"}""",
    ];

    private static readonly string[] SomeMembers =
    [
        "\"a\":\"x\"",
        "\"b\":1",
        "\"c\":{\"z\":0,\"d\":true}",
        "\"e\":[\"y\",\"x\"]",
        "\"f\":\"x:y\"",
        "\"g\":null",
    ];

    private static Gen<string> SomeTokens => Gen.SubListOf(SomeMembers).Select(ObjectOf);

    private static string ObjectOf(IEnumerable<string> members) => $"{{{string.Join(',', members)}}}";

    private static string Repeat(string text, int count) => string.Join(',', Enumerable.Repeat(text, count));

    private static bool IsAccepted(string match) => RuleMatchReader.Read(Document(match)).IsOk;

    private static IReadOnlyList<ICondition> Conditions(IEnumerable<string> matchers)
    {
        var list = string.Join(',', matchers);
        return Conditions($$"""{"subject_prefix":null,"claims":{},"matchers":[{{list}}],"subject_segments":null}""");
    }

    private static IReadOnlyList<ICondition> Conditions(string match)
    {
        var document = Document(match);
        // A rule without any is refused elsewhere; here it is the empty conjunction.
        if (document is { Matchers.Count: 0, SubjectPrefix: null })
        {
            return [];
        }

        var read = RuleMatchReader.Read(document);
        return RuleConditions.Create(read.Value.ShouldNotBeNull(read.Refusal?.Message));
    }

    private static MatchDocument Document(string json) =>
        JsonSerializer.Deserialize(json, FederationJson.Default.MatchDocument)!;

    private static ClaimSet Claims(string json)
    {
        ClaimSet.TryParse(Encoding.UTF8.GetBytes(json), out var claims).ShouldBe(JoseRefusal.None);
        return claims!;
    }
}
