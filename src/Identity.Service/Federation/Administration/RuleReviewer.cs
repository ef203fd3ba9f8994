using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.RuleTests;

namespace Culvert.Identity.Service.Federation.Administration;

/// <summary>
/// The review of every saved rule, after it was found well-formed and its author entitled: 1. the lints, of which
/// errors refuse, 2. the rule's tests, run with the exchange's own evaluator.
/// </summary>
internal sealed class RuleReviewer(
    RuleLinter linter,
    RuleTestRunner runner,
    RuleTestStore store,
    IssuerStore issuers,
    FederationDirectory directory
)
{
    public const int MaxJustificationLength = 1024;

    /// <param name="before">
    /// The previous rule; null if it is new. A change that only narrows is never refused for an existing danger:
    /// otherwise no operator could disable such a rule.
    /// </param>
    /// <param name="given">The tests of the request; null = those that the rule has.</param>
    public async ValueTask<Result<RuleReview>> ReviewAsync(
        Rule rule,
        Rule? before,
        IReadOnlyList<RuleTest>? given,
        string? justification,
        CancellationToken cancellationToken
    )
    {
        if (justification is { Length: > MaxJustificationLength } || justification?.Any(char.IsControl) == true)
        {
            return RequestErrors.Invalid.Refuse("lint_justification: at most 1024 characters, no control characters.");
        }

        if (given is not null && RuleTestReader.Check(given) is { } bad)
        {
            return bad;
        }

        var issuer = await issuers.FindAsync(rule.OrganizationId, rule.IssuerId.Value, cancellationToken);
        var lints = linter.Lint(rule, issuer!);
        var isNarrower = before is not null && RuleNarrowing.Narrows(before, rule);
        if (!isNarrower && RuleLinter.ToRefusal(lints) is { } dangerous)
        {
            return dangerous;
        }

        var tests = given ?? await store.FindAsync(rule.Id.Value, rule.Version, cancellationToken);
        var isTested = given is not null || before is null || before.Match != rule.Match;
        if (isTested && await runner.RunAsync(rule, tests, cancellationToken) is { } failing)
        {
            return failing;
        }

        return new RuleReview(lints, tests, given is null ? [] : [store.Put(rule.Id.Value, rule.Version, given)]);
    }

    /// <summary>The warnings of a rule in its current form; null if its issuer is not read yet.</summary>
    public IReadOnlyList<LintDocument>? FindWarnings(Rule rule) =>
        directory.Current.FindRule(rule.Id.Value) is { } known
            ? [.. linter.Lint(rule, known.Issuer).Select(LintDocument.From)]
            : null;
}
