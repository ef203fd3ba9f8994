using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.Policy.Arguments;

/// <summary>Conditions that compare a value with a claim of the caller's token.</summary>
public sealed class ClaimConditionTests
{
    [Theory]
    [InlineData("\"c-7\"", "\"c-7\"", true)]
    [InlineData("\"c-7\"", "\"c-8\"", false)]
    [InlineData("\"c-7\"", "\"\\u0063-7\"", true)] // the same text
    [InlineData("\"\\u0063-7\"", "\"c-7\"", true)]
    [InlineData("\"c-7\"", "\"C-7\"", false)]
    [InlineData("\"c-7\"", "\"c-7 \"", false)]
    [InlineData("\"c-7\"", "\"c-7\\u0000\"", false)]
    [InlineData("\"\\u00e9\"", "\"e\\u0301\"", false)] // no normalisation
    [InlineData("\"c\\ufffd\"", "\"c\\ud800\"", false)] // half a surrogate pair
    [InlineData("\"5\"", "5", false)]
    [InlineData("5", "\"5\"", false)]
    [InlineData("5", "5", true)]
    [InlineData("5", "6", false)]
    [InlineData("-5", "5", false)]
    [InlineData("0", "-0", true)]
    [InlineData("-0", "0", true)]
    [InlineData("1", "1.0", false)]
    [InlineData("1", "1e0", false)]
    [InlineData("9007199254740993", "9007199254740993", true)]
    [InlineData("9007199254740993", "9007199254740992", false)] // the same double
    [InlineData("1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890", true)]
    [InlineData("1234567890123456789012345678901234567890", "1234567890123456789012345678901234567891", false)]
    [InlineData("12345678901234567890123456789012345678901", "12345678901234567890123456789012345678901", false)]
    [InlineData("1.0", "1.0", false)]
    [InlineData("1e0", "1", false)]
    [InlineData("\"\"", "\"\"", false)]
    [InlineData("null", "null", false)]
    [InlineData("true", "true", false)]
    [InlineData("{\"a\":1}", "{\"a\":1}", false)]
    [InlineData("[\"c-7\"]", "\"c-7\"", false)] // a list is not its element
    [InlineData("\"c-7\"", "[\"c-7\"]", false)]
    [InlineData("\"null\"", "null", false)]
    public void EqualsClaim_ComparesExactly_AndConvertsNothing(string claim, string value, bool holds) =>
        Constraints.Holds("equals_claim: customer_id", value, $$"""{"customer_id":{{claim}}}""").ShouldBe(holds);

    [Theory]
    [InlineData("[\"eu\",\"us\"]", "\"us\"", true)]
    [InlineData("[\"eu\",\"us\"]", "\"u\\u0073\"", true)]
    [InlineData("[\"eu\",\"us\"]", "\"asia\"", false)]
    [InlineData("[5,\"6\"]", "5", true)]
    [InlineData("[5,\"6\"]", "6", false)]
    [InlineData("[5,\"6\"]", "\"6\"", true)]
    [InlineData("[\"eu\",\"us\"]", "[\"eu\",\"us\"]", false)]
    [InlineData("[]", "\"eu\"", false)]
    [InlineData("\"eu\"", "\"eu\"", true)] // a list of one
    [InlineData("5", "5", true)]
    [InlineData("[\"eu\",null]", "\"eu\"", false)] // a list that cannot be read as a whole counts as missing
    [InlineData("[\"eu\",\"\"]", "\"eu\"", false)]
    [InlineData("[\"eu\",1.5]", "\"eu\"", false)]
    [InlineData("[\"eu\",[\"us\"]]", "\"eu\"", false)]
    [InlineData("[\"eu\",{}]", "\"eu\"", false)]
    [InlineData("[[\"eu\"]]", "\"eu\"", false)]
    [InlineData("null", "null", false)]
    [InlineData("\"\"", "\"\"", false)]
    public void InClaim_IsTrueOfAnElement(string claim, string value, bool holds) =>
        Constraints.Holds("in_claim: region", value, $$"""{"region":{{claim}}}""").ShouldBe(holds);

    [Fact]
    public void InClaim_ListInAnyOrder_IsTrueOfExactlyItsElements()
    {
        var random = new Random(5);
        for (var count = 0; count < 40; count++)
        {
            var values = Enumerable
                .Range(0, count)
                .Select(i => i % 3 == 0 ? $"{random.Next(-9, 40)}" : $"\"{random.Next(40)}\"")
                .ToList();
            foreach (var value in Enumerable.Range(-9, 49).SelectMany(i => new[] { $"{i}", $"\"{i}\"" }))
            {
                Constraints
                    .Holds("in_claim: region", value, $$"""{"region":[{{string.Join(',', values)}}]}""")
                    .ShouldBe(values.Contains(value), value);
            }
        }
    }

    [Theory]
    [InlineData("equals_claim: customer_id")]
    [InlineData("in_claim: customer_id")]
    public void MissingClaim_IsEqualToNothing(string condition)
    {
        Constraints.Holds(condition, "\"c-7\"", """{"Customer_id":"c-7","region":"c-7"}""").ShouldBeFalse();
        Constraints.Holds(condition, "null").ShouldBeFalse();
        Constraints.Holds(condition, "\"\"").ShouldBeFalse();
    }

    [Theory]
    [InlineData("sub", "\"alice\"", true)]
    [InlineData("sub", "\"mallory\"", false)]
    [InlineData("client_id", "\"inspector\"", true)]
    public void SubAndClientId_AreThoseOfThePrincipal(string claim, string value, bool holds) =>
        Constraints.Holds($"equals_claim: {claim}", value, """{"sub":"mallory"}""").ShouldBe(holds);

    [Theory]
    [InlineData("all: {equals_claim: customer_id}", "[\"c-7\",\"c-7\"]", true)]
    [InlineData("all: {equals_claim: customer_id}", "[\"c-7\",\"c-8\"]", false)]
    [InlineData("any: {at: /id, equals_claim: customer_id}", "[{\"id\":\"c-8\"},{\"id\":\"c-7\"}]", true)]
    [InlineData("any: {at: /id, equals_claim: customer_id}", "[{\"id\":\"c-8\"}]", false)]
    public void Elements_AreComparedWithClaimsAsWell(string condition, string value, bool holds)
    {
        Constraints.Holds(condition, value, """{"customer_id":"c-7"}""").ShouldBe(holds);
        PolicyFile.WithArguments($"{{at: /x, {condition}}}").Rules[0].ReadsClaims.ShouldBeTrue();
    }

    [Fact]
    public void LongText_EqualsNoClaim()
    {
        var text = $"\"{new string('a', 70_000)}\"";

        Constraints.Holds("equals_claim: customer_id", text, $$"""{"customer_id":{{text}}}""").ShouldBeFalse();
    }

    [Fact]
    public void CallWithoutAPrincipal_IsDenied()
    {
        var rules = Policies.Compile(PolicyFile.WithArguments("{at: /id, equals_claim: sub}"));
        using var call = new CallArguments("""{"id":""}"""u8.ToArray());

        var decision = rules.Decide(TargetKind.Tool, "get", McpMethods.CallTool, new Caller(null), call);

        decision.Error.ShouldBe(new ArgumentError("/id", "equals_claim"));
    }

    [Theory]
    [InlineData(
        "",
        "customer_i",
        "issuers.corp.claims does not name the claim customer_i, so that no rule may compare it.",
        "Did you mean customer_id?"
    )]
    [InlineData(
        "",
        "subject_of_it",
        "issuers.corp.claims does not name the claim subject_of_it, so that no rule may compare it.",
        "Add it there."
    )]
    [InlineData(
        "",
        "customer_id",
        "issuers.partner.claims does not name the claim customer_id, so that no rule may compare it.",
        "Add it there, or name the issuer of the rule."
    )]
    [InlineData(
        "issuer: partner, ",
        "customer_id",
        "issuers.partner.claims does not name the claim customer_id, so that no rule may compare it.",
        "Add it there."
    )]
    [InlineData("", "\"\"", "The claim has no name.", "Write its name, such as sub.")]
    public void Read_ClaimThatARuleMayNotCompare_IsAnError(string issuer, string claim, string message, string remedy)
    {
        var error = Read($"{issuer}arguments: [{{at: /a, in_claim: {claim}}}]").ShouldHaveSingleItem();

        error.Key.ShouldBe("policy.rules[0].arguments[0].in_claim");
        error.Message.ShouldBe(message);
        error.Remedy.ShouldBe(remedy);
        error.ToString().ShouldContain("agent.yaml:2: ");
    }

    [Theory]
    [InlineData("", "region")]
    [InlineData("", "sub")]
    [InlineData("issuer: corp, ", "customer_id")]
    [InlineData("issuer: partner, ", "client_id")]
    public void Read_ClaimOfAllIssuersOfTheRule_IsAccepted(string issuer, string claim) =>
        Read($"{issuer}arguments: [{{at: /a, equals_claim: {claim}}}]").ShouldBeEmpty();

    [Fact]
    public void Read_RouteWithoutTokens_HasNoClaims()
    {
        var error = Read("arguments: [{at: /a, equals_claim: sub}]", OauthMode.Passthrough).ShouldHaveSingleItem();

        error.Key.ShouldBe("policy.rules[0].arguments[0].equals_claim");
        error.Message.ShouldBe("This route does not authenticate callers, so that no call has a claim.");
        error.Remedy.ShouldBe("Set oauth.mode: required, or remove it.");
    }

    private static IReadOnlyList<Platform.Configuration.ConfigError> Read(
        string rule,
        OauthMode mode = OauthMode.Required
    ) =>
        PolicyFile
            .Read(
                $"{{mode: enforce, rules: [{{name: a, effect: allow, tools: [x], {rule}}}]}}",
                new OauthSettings
                {
                    Mode = mode,
                    Issuers = ["corp", "partner"],
                    Claims = new Dictionary<string, IReadOnlyList<string>>
                    {
                        ["corp"] = ["customer_id", "region"],
                        ["partner"] = ["region"],
                    },
                }
            )
            .Errors;
}
