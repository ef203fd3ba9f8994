using System.Text.Json;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Tests.Mcp;
using static Culvert.Tunnel.Agent.Tests.Policy.Arguments.Constraints;

namespace Culvert.Tunnel.Agent.Tests.Policy.Arguments;

/// <summary>Arguments with names that a server could take for those that a rule names.</summary>
public sealed class NamedArgumentsTests
{
    private const string LookAlike = NamedArguments.LookAlike;

    public static TheoryData<string, string> Conditions =>
        new()
        {
            { "{at: /kinds, const: a}", "\"a\"" },
            { "{at: /kinds, enum: [a]}", "\"a\"" },
            { "{at: /kinds, type: string}", "\"a\"" },
            { "{at: /kinds, min: 1}", "1" },
            { "{at: /kinds, max: 1}", "1" },
            { "{at: /kinds, min_length: 1}", "\"a\"" },
            { "{at: /kinds, max_length: 1}", "\"a\"" },
            { "{at: /kinds, pattern: a}", "\"a\"" },
            { "{at: /kinds, glob: a}", "\"a\"" },
            { "{at: /kinds, cidr: [10.0.0.0/8]}", "\"10.1.1.1\"" },
            { "{at: /kinds, hosts: [a.example]}", "\"https://a.example/\"" },
            { "{at: /kinds, path_prefix: /a}", "\"/a\"" },
            { "{at: /kinds, any: {const: a}}", "[\"a\"]" },
            { "{at: /kinds, all: {const: a}}", "[\"a\"]" },
            { "{at: /kinds, required: true}", "1" },
            { "{at: /kinds, optional: true}", "1" },
        };

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Condition_NameThatCouldBeTakenForIts_IsDenied(string constraint, string good)
    {
        var constraints = PolicyFile.WithArguments(constraint).Rules[0].Arguments!;
        foreach (var variant in LookAlikeNames.Of("kinds"))
        {
            var other = $"{JsonSerializer.Serialize(variant)}:0";

            constraints
                .FindError(JsonElement.Parse($$"""{"kinds":{{good}},{{other}}}"""), PrincipalClaims.None)
                .ShouldBe(new ArgumentError("/kinds", LookAlike), variant);
            constraints
                .FindError(JsonElement.Parse($$"""{{{other}},"kinds":{{good}}}"""), PrincipalClaims.None)
                .ShouldBe(new ArgumentError("/kinds", LookAlike), variant);
        }
    }

    [Theory]
    [InlineData("{at: /kinds, forbidden: true}")]
    [InlineData("{at: /kinds, optional: true}")]
    public void EachVariant_OfAnArgumentThatMayBeAbsent_IsDenied(string constraint)
    {
        var constraints = PolicyFile.WithArguments(constraint).Rules[0].Arguments!;
        foreach (var variant in LookAlikeNames.Of("kinds"))
        {
            constraints
                .FindError(JsonElement.Parse($$"""{{{JsonSerializer.Serialize(variant)}}:0}"""), PrincipalClaims.None)
                .ShouldBe(new ArgumentError("/kinds", LookAlike), variant);
        }
    }

    [Theory]
    [InlineData("{at: /a/b, const: 1}", """{"a":{"b":1,"B":2}}""", "/a/b")]
    [InlineData("{at: /a/b, const: 1}", """{"A":{"b":2},"a":{"b":1}}""", "/a")]
    [InlineData("{at: /a/0/b, const: 1}", """{"a":[{"b":1,"b\u0000":2}]}""", "/a/0/b")]
    [InlineData("{at: /a~1b, const: 1}", """{"a/b":1,"A/b":2}""", "/a~1b")]
    [InlineData("{at: /a, type: object}, {at: /a/b, const: 1}", """{"a":{"b":1,"B":2}}""", "/a/b")]
    public void Place_InsideOfOthers_IsChecked(string constraints, string arguments, string at) =>
        ErrorOf(constraints, arguments).ShouldBe(new ArgumentError(at, LookAlike));

    [Theory]
    [InlineData("all", """[{"b":1},{"b":1,"B":2}]""", false)]
    [InlineData("all", """[{"b":1},{"b":1,"c":2}]""", true)]
    [InlineData("any", """[{"b":1,"B":2}]""", false)]
    [InlineData("any", """[{"b":1,"B":2},{"b":1}]""", true)]
    public void Elements_WithASecondName_SatisfyNothing(string key, string value, bool holds) =>
        Holds($$"""{{key}}: {at: /b, const: 1}""", value).ShouldBe(holds);

    [Theory]
    [InlineData("""{"a":1,"__proto__":{"b":2}}""")]
    [InlineData("""{"a":1,"__PROTO__":{"b":2}}""")]
    [InlineData("""{"a":1,"__proto__\u0000":{"b":2}}""")]
    [InlineData("""{"a":1,"__proto__":1}""")]
    [InlineData("""{"a":1,"c":{"d":[{"__proto__":{"b":2}}]}}""")]
    [InlineData("""{"a":1,"constructor":{"prototype":{"b":2}}}""")]
    [InlineData("""{"a":1,"c":{"constructor":{}}}""")]
    [InlineData("""{"a":1,"prototype":{"b":2}}""")]
    public void Prototype_WhereAnArgumentMayBeAbsent_IsDenied(string arguments)
    {
        ErrorOf("{at: /a, const: 1}, {at: /b, forbidden: true}", arguments)!.Condition.ShouldBe(LookAlike);
        ErrorOf("{at: /a, const: 1}, {at: /b, const: 1, optional: true}", arguments)!.Condition.ShouldBe(LookAlike);
    }

    [Theory]
    [InlineData("{at: /a, const: 1}", """{"a":1,"__proto__":{"a":2}}""")] // the object's own member counts
    [InlineData("{at: /a, const: 1}, {at: /b, forbidden: true}", """{"a":1,"constructor":"Ferrari"}""")]
    [InlineData("{at: /constructor, optional: true}", """{"constructor":{}}""")]
    [InlineData("{at: /id, const: 1}, {at: /Id, optional: true}", """{"id":1,"Id":2}""")] // the rule names both
    [InlineData("{at: /userId, const: 1}", """{"userId":1,"user_id":2}""")]
    [InlineData("{at: /a, type: object}", """{"a":{"b":1,"B":2}}""")]
    [InlineData("{at: /a, const: 1}", """{"a":1,"c":{"A":2}}""")]
    public void Other_Names_AreAllowed(string constraints, string arguments) =>
        ErrorOf(constraints, arguments).ShouldBeNull();

    [Theory]
    [InlineData(", mask: [/pin]", """{"a":1,"Pin":2}""")]
    [InlineData(", require_approval: {show: [/to]}", """{"a":1,"to":2,"To":3}""")]
    public void Argument_ThatARuleNamesBesides_CountsAsWell(string more, string arguments) =>
        ErrorOf("{at: /a, const: 1}", arguments, more)!.Condition.ShouldBe(LookAlike);

    [Fact]
    public void Closed_WithAMask_DoesNotPermitWhatNoConstraintNames() =>
        ErrorOf("{at: /a, const: 1}", """{"a":1,"pin":2}""", ", mask: [/pin], closed: true")
            .ShouldBe(new ArgumentError("", NamedArguments.Closed));
}
