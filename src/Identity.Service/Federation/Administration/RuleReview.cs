using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Administration;

/// <summary>The result of the review of a rule that may be saved.</summary>
/// <param name="Warnings">For the answer and the audit event.</param>
/// <param name="Statements">To commit with the rule.</param>
internal sealed record RuleReview(
    IReadOnlyList<Lint> Warnings,
    IReadOnlyList<RuleTest> Tests,
    IReadOnlyList<Statement> Statements
);
