using System.Text;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Rules.Conditions;

public sealed class SegmentPatternTests
{
    // A54: what an attacker may choose (a branch, an environment's name) never moves the segments after it.
    [Theory]
    [Trait("Attack", "A54")]
    [InlineData("repo:acme@*/api@*:environment:prod", "repo:acme@65/api@74:environment:prod", true)]
    [InlineData("repo:acme@*/api@*:environment:prod", "repo:acme/api:environment:prod", false)]
    [InlineData("repo:acme/api:environment:prod", "repo:acme/api:ref:refs/heads/main:environment:prod", false)]
    [InlineData("repo:acme/api:ref:refs/heads/*", "repo:acme/api:ref:refs/heads/main", true)]
    [InlineData("repo:acme/api:ref:refs/heads/*", "repo:acme/api:ref:refs/heads/feature/x", false)]
    [InlineData("repo:acme/api:ref:refs/heads/*", "repo:acme/api:ref:refs/heads/main:environment:prod", false)]
    [InlineData("repo:acme/api:ref:refs/heads/*", "repo:acme/api:ref:refs/heads/", false)]
    [InlineData("repo:acme/*:environment:prod", "repo:acme/api:environment:prod", true)]
    [InlineData("repo:acme/*:environment:prod", "repo:acme/a:ref:refs/heads/b:environment:prod", false)]
    [InlineData("repo:acme/*:environment:prod", "repo:acme-evil/api:environment:prod", false)]
    [InlineData("repo:acme/*:environment:*", "repo:acme/api:environment:pr%3Aod", true)]
    [InlineData("repo:acme/*:environment:*", "repo:acme/api:environment:pr:od", false)]
    [InlineData("system:serviceaccount:*:agent", "system:serviceaccount:prod:agent", true)]
    [InlineData("system:serviceaccount:*:agent", "system:serviceaccount:prod:agent:x", false)]
    [InlineData("system:serviceaccount:*:agent", "system:serviceaccount::agent", false)]
    [InlineData("spiffe://example.org/ns/*/sa/agent", "spiffe://example.org/ns/prod/sa/agent", true)]
    [InlineData("spiffe://example.org/ns/*/sa/agent", "spiffe://example.org.evil/ns/prod/sa/agent", false)]
    [InlineData("a", "a", true)]
    [InlineData("a", "A", false)]
    [InlineData("a", "", false)]
    [InlineData("a:*", "a:b\nc", true)]
    [InlineData("a/*", "a@b", false)]
    public void Matches_Text_IsCoveredSegmentBySegment(string pattern, string text, bool expected)
    {
        SegmentPattern.TryParse(pattern, out var parsed, out var fault).ShouldBeTrue(fault);
        parsed.Matches(Encoding.UTF8.GetBytes(text)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("*:*/*")]
    [InlineData("repo:acme-*")]
    [InlineData("repo:**")]
    [InlineData("")]
    [InlineData(":/@")]
    public void TryParse_ConstrainsTooLittle_IsRefused(string pattern)
    {
        SegmentPattern.TryParse(pattern, out _, out var fault).ShouldBeFalse();
        fault.ShouldNotBeEmpty();
    }
}
