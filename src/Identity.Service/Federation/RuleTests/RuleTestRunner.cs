using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.RuleTests;

/// <summary>Evaluates a rule with the exchange's own evaluator for each test's claims.</summary>
internal sealed class RuleTestRunner(AssertionEvaluator evaluator, DraftCompiler drafts, TimeProvider time)
{
    /// <summary>Null if all results are as expected; otherwise a refusal for the first that is not.</summary>
    public async ValueTask<Refusal?> RunAsync(
        Rule rule,
        IReadOnlyList<RuleTest> tests,
        CancellationToken cancellationToken
    )
    {
        if (tests.Count == 0)
        {
            return null;
        }

        // Tests are about admission only: the end of the rule, the editing operator and the workspace have no effect.
        var draft = await drafts.CompileAsync(rule with { ExpiresAt = null }, cancellationToken);
        if (!draft.TryGet(out var compiled, out var refusal))
        {
            return refusal;
        }

        foreach (var test in tests)
        {
            var got = await EvaluateAsync(compiled, test, cancellationToken);
            if (got != ExpectedBy(test, got))
            {
                var expected = test.Reason is null ? test.Expect : $"{test.Expect} ({test.Reason})";
                return FederationErrors
                    .RuleTest.Refuse($"tests.{test.Name}: expected {expected}, got {Words(got)}.")
                    .With("test", test.Name)
                    .With("expected", expected)
                    .With("got", Words(got));
            }
        }

        return null;
    }

    private async ValueTask<DenialReason?> EvaluateAsync(
        CompiledRule rule,
        RuleTest test,
        CancellationToken cancellationToken
    )
    {
        if (
            ClaimSet.TryParse(Encoding.UTF8.GetBytes(test.Claims.GetRawText()), out var claims) != JoseRefusal.None
            || claims is null
        )
        {
            return DenialReason.TokenMalformed;
        }

        var context = AssertionContext.OfClaims(claims, rule, time.GetUtcNow());
        context.Groups = test.Directory?.ToGroups() ?? PersonGroups.None;
        var denial = await evaluator.EvaluateAsync(context, cancellationToken);
        return denial?.Reason.IsAboutTheGrant() == true ? null : denial?.Reason;
    }

    private static DenialReason? ExpectedBy(RuleTest test, DenialReason? got) =>
        test switch
        {
            { Expect: RuleTest.Allow } => null,
            // Any denial is accepted, so the expected value only has to differ from "allowed".
            { Reason: null } => got ?? DenialReason.ClaimMismatch,
            { Reason: { } reason } => Enum.GetValues<DenialReason>().First(value => value.Name() == reason),
        };

    private static string Words(DenialReason? got) => got is { } reason ? $"deny ({reason.Name()})" : RuleTest.Allow;
}
