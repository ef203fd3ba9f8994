using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.RuleTests;

internal interface IRuleTestStore
{
    /// <summary>The tests that a version of a rule was saved with.</summary>
    ValueTask<IReadOnlyList<RuleTest>> FindAsync(string ruleId, int version, CancellationToken cancellationToken);

    /// <summary>From this version on the rule has these tests.</summary>
    Statement Put(string ruleId, int version, IReadOnlyList<RuleTest> tests);
}
