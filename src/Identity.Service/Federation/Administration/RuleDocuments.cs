using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.RuleTests;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Administration;

/// <summary>Answers with rules: with the names of what they refer to, and their lints.</summary>
internal sealed class RuleDocuments(RuleReviewer reviewer, RuleTestStore tests, FederationDirectory directory)
{
    public RuleDocument Create(Rule rule) =>
        RuleDocument.From(
            rule,
            directory.Current.IssuerName(rule.IssuerId),
            directory.Current.ServiceAccountName(rule.ServiceAccountId)
        ) with
        {
            Lints = reviewer.FindWarnings(rule),
        };

    public async ValueTask<ApiAnswer> AnswerAsync(Rule rule, CancellationToken cancellationToken) =>
        Answer(rule, await tests.FindAsync(rule.Id.Value, rule.Version, cancellationToken));

    public ApiAnswer Answer(Rule rule, IReadOnlyList<RuleTest> with) =>
        ApiAnswer.Json(Create(rule) with { Tests = with }, FederationJson.Default.RuleDocument);
}
