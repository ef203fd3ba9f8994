using System.Diagnostics.CodeAnalysis;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using static Culvert.Tunnel.Agent.Tests.Policy.Policies;

namespace Culvert.Tunnel.Agent.Tests.Policy;

public sealed class CompiledPolicyTests
{
    [Fact]
    public void Decide_NothingNamesIt_IsTheDefault()
    {
        Compile(Allow("a", "search"))
            .Decide(TargetKind.Tool, "delete", "tools/call", default)
            .ShouldBe(new Decision(false, null, Decision.ByDefault));
        Compile(Settings(Deny("a", "search")) with { Default = PolicyEffect.Allow }).Calls("delete").ShouldBeTrue();
    }

    [Theory]
    [InlineData("search", "search", true)]
    [InlineData("search", "Search", false)]
    [InlineData("search", "search2", false)]
    [InlineData("get_*", "get_", true)]
    [InlineData("get_*", "get_x", true)]
    [InlineData("get_*", "forget_x", false)]
    [InlineData("*_read", "file_read", true)]
    [InlineData("*_read", "file_read2", false)]
    [InlineData("a*z", "abcz", true)]
    [InlineData("a*z", "abcy", false)]
    [InlineData("*list*", "a_list_b", true)]
    [InlineData("*list*", "a_lis_b", false)]
    [InlineData("*", "", true)]
    [InlineData("ab*ba", "aba", false)]
    public void Decide_NamesAndGlobs_AreAnchoredAndCaseCounts(string pattern, string name, bool expected) =>
        Compile(Allow("a", pattern)).Calls(name).ShouldBe(expected);

    [Fact]
    public void Decide_DenyWins_WhereverItStands()
    {
        Compile(Allow("a", "*"), Deny("d", "delete_*")).Calls("delete_all").ShouldBeFalse();
        Compile(Deny("d", "delete_*"), Allow("a", "delete_all")).Calls("delete_all").ShouldBeFalse();
        Compile(Deny("d", "delete_*"), Allow("a", "*")).Calls("get").ShouldBeTrue();
    }

    [Fact]
    public void Decide_SeveralRules_TheFirstOfTheFileDecides()
    {
        var rules = Compile(
            Allow("glob", "get_*"),
            Allow("exact", "get_x"),
            Deny("later", "no_*"),
            Deny("last", "no_x")
        );

        rules.Decide(TargetKind.Tool, "get_x", "tools/call", default).Rule!.Name.ShouldBe("glob");
        rules.Decide(TargetKind.Tool, "no_x", "tools/call", default).Rule!.Name.ShouldBe("later");
    }

    [Fact]
    public void Decide_ByPrincipal_EveryConditionMustHold()
    {
        var rules = Compile(
            Allow("subject", "s") with
            {
                Subject = "alice",
            },
            Allow("client", "c") with
            {
                ClientId = "inspector",
            },
            Allow("scope", "o") with
            {
                Scope = "docs.write",
            },
            Allow("groups", "g") with
            {
                Groups = ["staff", "ops"],
            },
            Allow("issuer", "i") with
            {
                Issuer = "corp",
            },
            Allow("all", "x") with
            {
                Subject = "alice",
                ClientId = "inspector",
                Scope = "docs.write",
                Groups = ["ops"],
            }
        );
        var alice = Caller(scopes: ["docs.read", "docs.write"], groups: ["ops"]);
        foreach (var tool in new[] { "s", "c", "o", "g", "i", "x" })
        {
            rules.Calls(tool, alice).ShouldBeTrue(tool);
            rules.Calls(tool, Caller("bob", "other", issuer: "https://evil.test")).ShouldBeFalse(tool);
            rules.Calls(tool).ShouldBeFalse(tool);
        }

        rules.Calls("x", Caller(scopes: ["docs.write"], groups: ["staff"])).ShouldBeFalse();
        rules.Calls("s", Caller("Alice")).ShouldBeFalse();
    }

    [Fact]
    public void Decide_RuleForAScope_IsForThoseThatImplyIt()
    {
        var rules = new CompiledPolicy(
            Settings(Allow("w", "save") with { Scope = "docs.write" }),
            _ => Issuer,
            [new("root", ["docs.admin"]), new("docs.admin", ["docs.write", "docs.read"]), new("docs.write", ["root"])]
        );

        rules.Calls("save", Caller(scopes: ["root"])).ShouldBeTrue();
        rules.Calls("save", Caller(scopes: ["docs.read"])).ShouldBeFalse();
    }

    [Theory]
    [InlineData("initialize", true)]
    [InlineData("tools/list", true)]
    [InlineData("server/discover", true)]
    [InlineData("logging/setLevel", false)]
    [InlineData("sampling/createMessage", false)]
    [InlineData("elicitation/create", false)]
    [InlineData("roots/list", false)]
    [InlineData("tasks/get", false)]
    [InlineData("completion/complete", false)]
    [InlineData("subscriptions/listen", false)]
    public void Decide_MethodsWithoutARule_OnlyBasicOnesPass(string method, bool expected) =>
        Compile().Decide(method, default).IsAllowed.ShouldBe(expected);

    [Theory]
    [InlineData("logging/setLevel", true)]
    [InlineData("sampling/createMessage", false)]
    [InlineData("elicitation/create", false)]
    [InlineData("roots/list", false)]
    [InlineData("tasks/get", false)]
    [InlineData("completion/complete", false)]
    [InlineData("subscriptions/listen", false)]
    public void Decide_DefaultAllow_StillWantsAnExplicitChoiceForSomeMethods(string method, bool expected)
    {
        Compile(Settings() with { Default = PolicyEffect.Allow }).Decide(method, default).IsAllowed.ShouldBe(expected);
        Compile(
                new PolicyRule
                {
                    Name = "m",
                    Effect = PolicyEffect.Allow,
                    Methods = [method],
                }
            )
            .Decide(method, default)
            .IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public void Decide_MethodAllowed_AllowsNoName() =>
        Compile(
                new PolicyRule
                {
                    Name = "m",
                    Effect = PolicyEffect.Allow,
                    Methods = ["*"],
                }
            )
            .Calls("x")
            .ShouldBeFalse();

    [Fact]
    public void Decide_MethodDenied_DeniesAndHidesEveryName()
    {
        var rules = Compile(
            Allow("a", "*"),
            new PolicyRule
            {
                Name = "m",
                Effect = PolicyEffect.Deny,
                Methods = ["tools/*"],
            }
        );

        rules.Calls("x").ShouldBeFalse();
        rules.IsVisible(TargetKind.Tool, "x", default).ShouldBeFalse();
        rules.Decide("tools/list", default).IsAllowed.ShouldBeFalse();
    }

    [Theory]
    [InlineData("file:///docs/a", true)]
    [InlineData("file:///docs/a%20b", true)]
    [InlineData("file:///docs/../secret", false)]
    [InlineData("file:///docs/./a", false)]
    [InlineData("file:///docs/..", false)]
    [InlineData("file:///docs/%2e%2e/secret", false)]
    [InlineData("file:///docs/..%2fsecret", false)]
    [InlineData("file:///docs/%61", false)]
    [InlineData("file:///docs/a%zz", false)]
    [InlineData("file:///docs/a%2", false)]
    [InlineData("file:///docs\\..\\secret", false)]
    [InlineData("file:///docs/a b", false)]
    [InlineData("FILE:///docs/a", false)]
    public void Decide_UriThatReadsInTwoWays_IsAllowedByNoPattern(string uri, bool expected)
    {
        var rule = new PolicyRule
        {
            Name = "r",
            Effect = PolicyEffect.Allow,
            Resources = ["file:///docs*", "FILE:*"],
        };

        Compile(rule).Reads(uri).ShouldBe(expected);
        Compile(Settings() with { Default = PolicyEffect.Allow }).Reads(uri).ShouldBe(expected);
        Compile(rule with { Resources = [uri] }).Reads(uri).ShouldBeTrue();
        Compile(rule, rule with { Name = "d", Effect = PolicyEffect.Deny, Resources = ["*"] })
            .Reads(uri)
            .ShouldBeFalse();
    }

    [Fact]
    [SuppressMessage("Reliability", "CA2012", Justification = "No tasks here.")]
    public void Decide_ThousandRules_AllocatesNothing()
    {
        var rules = Compile([
            .. Enumerable.Range(0, 250).Select(i => Allow($"e{i}", $"tool_{i}")),
            .. Enumerable.Range(0, 250).Select(i => Allow($"g{i}", $"area{i}_*", $"*_end{i}")),
            .. Enumerable.Range(0, 250).Select(i => Allow($"s{i}", "*") with { Subject = $"user{i}" }),
            .. Enumerable.Range(0, 250).Select(i => Deny($"c{i}", $"x{i}*") with { Groups = [$"group{i}"] }),
        ]);
        var caller = Caller("user7", scopes: ["a", "b"], groups: ["group1", "group2"]);
        rules.Calls("tool_1", caller).ShouldBeTrue();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            rules.Calls("area9_anything", caller);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
