using System.Text;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Policy.Arguments;

/// <summary>What rules with constraints allow, show and refuse.</summary>
public sealed class ArgumentConstraintsTests
{
    [Theory]
    [InlineData("{at: /a, required: true}", "{}", "/a required")]
    [InlineData("{at: /a, required: true}", """{"a":null}""", "")]
    [InlineData("{at: /a, const: 1}", "{}", "/a required")]
    [InlineData("{at: /a, const: 1, optional: true}", "{}", "")]
    [InlineData("{at: /a, const: 1, optional: true}", """{"a":2}""", "/a const")]
    [InlineData("{at: /a, const: 1, optional: true}", """{"a":null}""", "/a const")]
    [InlineData("{at: /a, forbidden: true}", "{}", "")]
    [InlineData("{at: /a, forbidden: true}", """{"a":null}""", "/a forbidden")]
    [InlineData("{at: /a/b, const: 1}", """{"a":{"b":1}}""", "")]
    [InlineData("{at: /a/b, const: 1, optional: true}", """{"a":{}}""", "")]
    [InlineData("{at: /a/b, const: 1, optional: true}", """{"a":"x"}""", "/a/b type")]
    [InlineData("{at: /a/b, const: 1, optional: true}", """{"a":[{"b":1}]}""", "/a/b type")]
    [InlineData("{at: /a/b, forbidden: true}", """{"a":"x"}""", "/a/b type")]
    [InlineData("{at: /a/0, const: 1}", """{"a":[1]}""", "")]
    [InlineData("{at: /a/0, const: 1}", """{"a":[]}""", "/a/0 required")]
    [InlineData("{at: /a/0, const: 1}", """{"a":{"0":1}}""", "")] // RFC 6901 §4: the member of that name
    [InlineData("{at: /a~1b~0, const: 1}", """{"a/b~":1}""", "")]
    [InlineData("{at: /A, const: 1}", """{"a":1}""", "/A required")]
    [InlineData("{at: /a, const: 1}", """{"\u0061":1}""", "")] // the same name
    [InlineData("{at: /a, const: 1}, {at: /b, const: 2}", """{"a":1,"b":3}""", "/b const")]
    [InlineData("{at: /a, const: 1}", "[1]", " type")]
    [InlineData("{at: /a, const: 1}", "null", " type")]
    [InlineData("{at: /a, const: 1}", "\"a\"", " type")]
    public void FindError_NamesPointerAndCondition(string constraints, string arguments, string error) =>
        ToText(Constraints.ErrorOf(constraints, arguments)).ShouldBe(error);

    [Theory]
    [InlineData("{at: /a, const: 1}", """{"a":1}""", "")]
    [InlineData("{at: /a, const: 1}", """{"a":1,"b":2}""", " closed")]
    [InlineData("{at: /a, const: 1}", """{"a":1,"A":1}""", " closed")]
    [InlineData("{at: /a, const: 1, optional: true}", "{}", "")]
    [InlineData("{at: /a/b, const: 1}", """{"a":{"b":1}}""", "")]
    [InlineData("{at: /a/b, const: 1}", """{"a":{"b":1,"c":1}}""", "/a closed")]
    [InlineData("{at: /a/0, const: 1}", """{"a":[1,2]}""", "/a closed")]
    [InlineData("{at: /a, type: object}, {at: /a/b, const: 1}", """{"a":{"b":1,"c":1}}""", "")]
    [InlineData("{at: /a~1b/c, const: 1}", """{"a/b":{"c":1,"d":1}}""", "/a~1b closed")]
    public void Closed_AllowsNothingBesides(string constraints, string arguments, string error) =>
        ToText(Constraints.ErrorOf(constraints, arguments, ", closed: true")).ShouldBe(error);

    [Fact]
    public void Closed_WithoutConstraints_AllowsNoArguments()
    {
        Constraints.ErrorOf("", "{}", ", closed: true").ShouldBeNull();
        ToText(Constraints.ErrorOf("", """{"a":1}""", ", closed: true")).ShouldBe(" closed");
    }

    [Fact]
    public void Decide_ConstraintsDoNotHideTheName_AndACallNeedsThem()
    {
        var rules = Policies.Compile(PolicyFile.WithArguments("{at: /a, const: 1}"));

        rules.IsVisible(TargetKind.Tool, "get", default).ShouldBeTrue();
        Decide(rules, """{"a":1}""").IsAllowed.ShouldBeTrue();
        var denied = Decide(rules, """{"a":2}""");
        denied.IsAllowed.ShouldBeFalse();
        denied.Reason.ShouldBe("policy.arguments");
        denied.Rule!.Name.ShouldBe("a");
        denied.Error.ShouldBe(new ArgumentError("/a", "const"));
        Decide(rules, "").Error.ShouldBe(new ArgumentError("/a", "required"));
    }

    [Fact]
    public void Decide_DefaultAllow_DoesNotReplaceARuleThatIsNotSatisfied()
    {
        var rules = Policies.Compile(
            PolicyFile.WithArguments("{at: /a, const: 1}") with
            {
                Default = PolicyEffect.Allow,
            }
        );

        Decide(rules, """{"a":2}""").IsAllowed.ShouldBeFalse();
        Decide(rules, """{"a":2}""", "other").IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public void Decide_FirstRuleThatIsSatisfied_Decides()
    {
        var rules = Policies.Compile(
            PolicyFile.Settings(
                "{name: small, effect: allow, tools: [\"g*\"], arguments: [{at: /n, max: 10}]}, "
                    + "{name: large, effect: allow, tools: [get], arguments: [{at: /n, max: 100}]}, "
                    + "{name: never, effect: deny, tools: [gone]}"
            )
        );

        Decide(rules, """{"n":5}""").Rule!.Name.ShouldBe("small");
        Decide(rules, """{"n":50}""").Rule!.Name.ShouldBe("large");
        var denied = Decide(rules, """{"n":500}""");
        (denied.IsAllowed, denied.Rule!.Name).ShouldBe((false, "small"));
        Decide(rules, """{"n":5}""", "gone").Reason.ShouldBe(Decision.ByRule);
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""{"x":{"y":[{"a":1,"b":{},"a":2}]}}""")]
    [InlineData("""{"x":{"y":[[{"a":1,"\u0061":2}]]}}""")]
    [InlineData("""{"a/b":1,"a\/b":2}""")]
    public void DuplicateMembers_AtAnyDepthOfTheArguments_AreRefusedBefore(string arguments)
    {
        var message = MessageReader.Read(Encoding.UTF8.GetBytes(PolicyFixture.Call("get", "1", arguments)));
        var head = MessageHead.Read(new HeaderDictionary(), message);

        PolicyMessage.FindFailure(message, head, 64)!.Reason.ShouldBe("policy.message_duplicate_key");
    }

    [Theory]
    [InlineData("{at: a, const: 1}", "arguments[0].at")]
    [InlineData("{at: /a/-, const: 1}", "arguments[0].at")]
    [InlineData("{at: /a~2, const: 1}", "arguments[0].at")]
    [InlineData("{const: 1}", "arguments[0].at")]
    [InlineData("{at: /a}", "arguments[0].at")]
    [InlineData("{at: /a, enum: []}", "arguments[0].enum")]
    [InlineData("{at: /a, enum: [01]}", "arguments[0].enum[0]")]
    [InlineData("{at: /a, const: 0x10}", "arguments[0].const")]
    [InlineData("{at: /a, const: yes}", "arguments[0].const")]
    [InlineData("{at: /a, max: ten}", "arguments[0].max")]
    [InlineData("{at: /a, max: \"10\"}", "arguments[0].max")]
    [InlineData("{at: /a, max: 1e9999999999}", "arguments[0].max")]
    [InlineData("{at: /a, pattern: \"(\"}", "arguments[0].pattern")]
    [InlineData("{at: /a, pattern: \"(?=a)\"}", "arguments[0].pattern")]
    [InlineData("{at: /a, pattern: \"(?i)a\"}", "arguments[0].pattern")]
    [InlineData("{at: /a, pattern: \"(a)\\\\1\"}", "arguments[0].pattern")]
    [InlineData("{at: /a, pattern: \"\\\\d+\"}", "arguments[0].pattern")]
    [InlineData("{at: /a, pattern: \"\"}", "arguments[0].pattern")]
    [InlineData("{at: /a, pattern: \"a\", min: 1}", "arguments[0].min")]
    [InlineData("{at: /a, type: array, pattern: \"a\"}", "arguments[0].pattern")]
    [InlineData("{at: /a, max: 1, max_length: 1}", "arguments[0].max_length")]
    [InlineData("{at: /a, cidr: []}", "arguments[0].cidr")]
    [InlineData("{at: /a, cidr: [10.0.0.1/8]}", "arguments[0].cidr[0]")]
    [InlineData("{at: /a, hosts: []}", "arguments[0].hosts")]
    [InlineData("{at: /a, hosts: [\"https://a.test\"]}", "arguments[0].hosts")]
    [InlineData("{at: /a, hosts: [A.test]}", "arguments[0].hosts")]
    [InlineData("{at: /a, hosts: [\"*\"]}", "arguments[0].hosts")]
    [InlineData("{at: /a, hosts: [\"a.*\"]}", "arguments[0].hosts")]
    [InlineData("{at: /a, path_prefix: srv}", "arguments[0].path_prefix")]
    [InlineData("{at: /a, path_prefix: /srv/../etc}", "arguments[0].path_prefix")]
    [InlineData("{at: /a, path_prefix: \"\"}", "arguments[0].path_prefix")]
    [InlineData("{at: /a, glob: \"\"}", "arguments[0].glob")]
    [InlineData("{at: /a, prefix: \"\"}", "arguments[0].prefix")]
    [InlineData("{at: /a, prefix: a, above: 1}", "arguments[0].prefix")]
    [InlineData("{at: /a, above: \"1\"}", "arguments[0].above")]
    [InlineData("{at: /a, below: 1e9999999999}", "arguments[0].below")]
    [InlineData("{at: /a, equals_claim: sub, type: array}", "arguments[0].equals_claim")]
    [InlineData("{at: /a, all: {equals_claim: customer}}", "arguments[0].all.equals_claim")]
    [InlineData("{at: /a, forbidden: true, const: 1}", "arguments[0].forbidden")]
    [InlineData("{at: /a, required: true, optional: true}", "arguments[0].optional")]
    [InlineData("{at: /a, type: text}", "arguments[0].type")]
    [InlineData("{at: /a, all: {}}", "arguments[0].all.at")]
    [InlineData("{at: /a, all: {all: {const: 1}}}", "arguments[0].all.all")]
    [InlineData("{at: /a, maximum: 1}", "arguments[0].maximum")]
    public void Read_ConstraintThatCannotBeMeant_IsAnErrorAtItsPlace(string constraint, string key) =>
        PolicyFile
            .Read($"{{mode: enforce, rules: [{{name: a, effect: allow, tools: [x], arguments: [{constraint}]}}]}}")
            .Errors.Select(e => e.Key)
            .ShouldContain($"policy.rules[0].{key}");

    [Theory]
    [InlineData("{name: a, effect: deny, tools: [x], arguments: [{at: /a, const: 1}]}", "rules[0].arguments")]
    [InlineData("{name: a, effect: deny, tools: [x], closed: true}", "rules[0].closed")]
    [InlineData("{name: a, effect: allow, methods: [x], arguments: [{at: /a, const: 1}]}", "rules[0].arguments")]
    [InlineData(
        "{name: a, effect: allow, tools: [x], resources: [\"x:*\"], arguments: [{at: /a, const: 1}]}",
        "rules[0].arguments"
    )]
    [InlineData("{name: a, effect: allow, methods: [x], mask: [/a]}", "rules[0].mask")]
    [InlineData("{name: a, effect: allow, tools: [x], mask: [a]}", "rules[0].mask")]
    [InlineData(
        "{name: a, effect: allow, tools: [x_y], closed: true}, {name: b, effect: allow, tools: [\"x_*\"]}",
        "rules"
    )]
    [InlineData(
        "{name: a, effect: allow, prompts: [\"x*\"], closed: true}, {name: b, effect: allow, prompts: [\"*\"]}",
        "rules"
    )]
    public void Read_RuleWhoseConditionsHaveNoEffect_IsAnError(string rules, string key) =>
        PolicyFile
            .Read($"{{mode: enforce, rules: [{rules}]}}")
            .Errors.Select(e => e.Key)
            .ShouldContain($"policy.{key}");

    [Fact]
    public void Version_DependsOnEveryPartOfAConstraint()
    {
        string[] rules =
        [
            "arguments: [{at: /a, const: 1}]",
            "arguments: [{at: /b, const: 1}]",
            "arguments: [{at: /a, const: \"1\"}]",
            "arguments: [{at: /a, enum: [1]}]",
            "arguments: [{at: /a, enum: [1, 2]}]",
            "arguments: [{at: /a, min: 1}]",
            "arguments: [{at: /a, max: 1}]",
            "arguments: [{at: /a, above: 1}]",
            "arguments: [{at: /a, below: 1}]",
            "arguments: [{at: /a, prefix: /a}]",
            "arguments: [{at: /a, equals_claim: sub}]",
            "arguments: [{at: /a, equals_claim: client_id}]",
            "arguments: [{at: /a, in_claim: sub}]",
            "arguments: [{at: /a, min_length: 1}]",
            "arguments: [{at: /a, min_length: 1, type: array}]",
            "arguments: [{at: /a, const: 1, optional: true}]",
            "arguments: [{at: /a, forbidden: true}]",
            "arguments: [{at: /a, hosts: [a.test]}]",
            "arguments: [{at: /a, hosts: [\"*.a.test\"]}]",
            "arguments: [{at: /a, hosts: [\"a.test:1\"]}]",
            "arguments: [{at: /a, cidr: [10.0.0.0/8]}]",
            "arguments: [{at: /a, path_prefix: /a}]",
            "arguments: [{at: /a, glob: /a}]",
            "arguments: [{at: /a, pattern: /a}]",
            "arguments: [{at: /a, all: {const: 1}}]",
            "arguments: [{at: /a, any: {const: 1}}]",
            "arguments: [{at: /a, any: {at: /b, const: 1}}]",
            "arguments: [{at: /a, const: 1}], closed: true",
            "mask: [/a]",
            "mask: [/b]",
        ];

        rules
            .Select(r => PolicyFile.Settings($"{{name: a, effect: allow, tools: [x], {r}}}").Version)
            .Distinct()
            .Count()
            .ShouldBe(rules.Length);
    }

    private static Decision Decide(CompiledPolicy rules, string arguments, string tool = "get")
    {
        using var call = new CallArguments(Encoding.UTF8.GetBytes(arguments));
        return rules.Decide(TargetKind.Tool, tool, McpMethods.CallTool, default, call);
    }

    private static string ToText(ArgumentError? error) => error is null ? "" : $"{error.At} {error.Condition}";
}
