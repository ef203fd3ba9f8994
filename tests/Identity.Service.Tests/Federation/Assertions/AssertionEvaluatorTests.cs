using System.Text;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Assertions;

public sealed class AssertionEvaluatorTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    private AssertionEvaluator Evaluator => Service.Service.Get<AssertionEvaluator>();

    private CompiledRule Rule => Service.Service.Get<FederationDirectory>().Current.FindRule(fixture.RuleId)!;

    [Fact]
    public async Task Evaluate_ClaimsOnly_AssumesWhatATokenWouldShow()
    {
        var trace = new AssertionTrace();

        var denial = await EvaluateAsync("""{"sub":"repo:acme/app:ref:refs/heads/main"}""", trace);

        denial.ShouldBeNull();
        trace
            .Steps.Where(step => step.IsAssumed)
            .Select(step => step.Name)
            .ShouldBe(["parse", "issuer_lookup", "key_lookup", "signature", "times", "audience"]);
        trace
            .Steps.Where(step => !step.IsAssumed)
            .Select(step => step.Name)
            .ShouldBe(["request", "subject", "replay", "rule", "grant"]);
    }

    [Theory]
    [InlineData("""{"sub":"repo:acme/app:ref:refs/heads/main","iss":"https://other.test"}""", "issuer_unknown")]
    [InlineData("""{"sub":"repo:acme/app:ref:refs/heads/main","aud":"https://other.test"}""", "audience_mismatch")]
    [InlineData("""{"sub":"repo:acme/app:ref:refs/heads/dev"}""", "match_subject_prefix")]
    [InlineData("""{"environment":"prod"}""", "subject_invalid")]
    public async Task Evaluate_ClaimsOnly_ChecksWhatTheClaimsSay(string claims, string reason) =>
        (await EvaluateAsync(claims, trace: null))!.Value.Reason.Name().ShouldBe(reason);

    [Fact]
    public async Task Evaluate_WithTrace_SaysWhatEachStepLookedAt()
    {
        var trace = new AssertionTrace();

        var denial = await EvaluateAsync("""{"sub":"repo:acme/app:ref:refs/heads/dev"}""", trace);

        denial!.Value.Claim.ShouldBe("sub");
        var failed = trace.FailedConditions.ShouldHaveSingleItem();
        failed.ShouldBe(
            new TraceCondition(
                "sub",
                "eq",
                "repo:acme/app:ref:refs/heads/main",
                "repo:acme/app:ref:refs/heads/dev",
                Holds: false
            )
        );
        trace.Steps[^1].Holds.ShouldBeFalse();
    }

    private async Task<Denial?> EvaluateAsync(string claims, AssertionTrace? trace)
    {
        ClaimSet.TryParse(Encoding.UTF8.GetBytes(claims), out var set).ShouldBe(JoseRefusal.None);
        return await Evaluator.EvaluateAsync(
            AssertionContext.OfClaims(set!, Rule, Service.Time.GetUtcNow(), trace: trace),
            TestContext.Current.CancellationToken
        );
    }
}
