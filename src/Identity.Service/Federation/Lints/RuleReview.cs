using Culvert.Identity.Service.Federation.RuleTests;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>What was found of a rule that may be saved.</summary>
/// <param name="Warnings">Answered, and audited.</param>
/// <param name="Statements">What is to be stored with the rule.</param>
internal sealed record RuleReview(
    IReadOnlyList<Lint> Warnings,
    IReadOnlyList<RuleTest> Tests,
    IReadOnlyList<Statement> Statements
);
