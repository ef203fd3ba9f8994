using System.Net;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.Policy;

/// <summary>Conditions on where a call comes from.</summary>
public sealed class CallerConditionTests
{
    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)] // how a socket of both families shows it
    [InlineData("11.1.2.3", false)]
    [InlineData("::1", false)]
    [InlineData(null, false)]
    public void Source_HoldsForListsAndCalls(string? address, bool isShown)
    {
        var rules = Compile("{name: a, effect: allow, tools: [get], source: [10.0.0.0/8]}");

        rules.IsVisible(TargetKind.Tool, "get", From(address)).ShouldBe(isShown);
    }

    [Theory]
    [InlineData("spiffe://corp.example/ns/a/sa/x", true)]
    [InlineData("spiffe://corp.example/ns/b/sa/x", false)]
    [InlineData("SPIFFE://corp.example/ns/a/sa/x", false)]
    [InlineData("", false)]
    public void Workload_MatchesTheWholeName(string workload, bool isShown)
    {
        var rules = Compile("{name: a, effect: allow, tools: [get], workload: [\"spiffe://corp.example/ns/a/*\"]}");

        rules.IsVisible(TargetKind.Tool, "get", new Caller(null, null, workload)).ShouldBe(isShown);
    }

    [Fact]
    public void Workload_OfEveryName_IsNotACallerWithoutOne() =>
        Compile("{name: a, effect: allow, tools: [get], workload: [\"*\"]}")
            .IsVisible(TargetKind.Tool, "get", new Caller(null))
            .ShouldBeFalse();

    [Fact]
    public void Source_AndPrincipal_BothHold()
    {
        var rules = Compile("{name: a, effect: allow, tools: [get], source: [10.0.0.0/8], subject: alice}");
        var alice = Policies.Caller();

        rules.IsVisible(TargetKind.Tool, "get", From("10.0.0.1") with { Principal = alice }).ShouldBeTrue();
        rules.IsVisible(TargetKind.Tool, "get", From("11.0.0.1") with { Principal = alice }).ShouldBeFalse();
        rules.IsVisible(TargetKind.Tool, "get", From("10.0.0.1")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("source: []", "source")]
    [InlineData("source: [10.0.0.1/8]", "source[0]")]
    [InlineData("workload: []", "workload")]
    [InlineData("require_scope: [\"a b\"]", "require_scope")]
    [InlineData("require_scope: [\"a\\\"\"]", "require_scope")]
    public void Read_ConditionThatCannotBeMeant_IsAnError(string condition, string key) =>
        PolicyFile
            .Read($"{{mode: enforce, rules: [{{name: a, effect: allow, tools: [x], {condition}}}]}}")
            .Errors.Select(e => e.Key)
            .ShouldContain($"policy.rules[0].{key}");

    [Fact]
    public void Read_ScopeOnARouteWithoutTokens_IsAnError() =>
        PolicyFile
            .Read(
                "{mode: enforce, rules: [{name: a, effect: allow, tools: [x], require_scope: [s]}]}",
                new OauthSettings { Mode = OauthMode.DangerousNone }
            )
            .Errors.Select(e => e.Key)
            .ShouldContain("policy.rules[0].require_scope");

    private static CompiledPolicy Compile(string rules) => Policies.Compile(PolicyFile.Settings(rules));

    private static Caller From(string? address) => new(null, address is null ? null : IPAddress.Parse(address));
}
