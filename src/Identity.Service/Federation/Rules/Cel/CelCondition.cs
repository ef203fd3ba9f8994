using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>A rule's <c>condition</c>. If it cannot be evaluated, it does not hold.</summary>
internal sealed class CelCondition(CelProgram program) : ICondition
{
    public ConditionOrigin Origin => ConditionOrigin.Condition;

    public string Claim => "condition";

    public string? TopLevelClaim => null;

    public string Operator => "cel";

    public string Expected => program.Text;

    public CelProgram Program => program;

    public bool ReadsGroups => program.Reads.ReadsGroups;

    public ConditionOutcome Evaluate(ClaimSet claims, PersonGroups? groups = null) =>
        program.Evaluate(claims, groups) switch
        {
            { Holds: true } => new ConditionOutcome(ConditionVerdict.Holds),
            { Holds: false } => new ConditionOutcome(ConditionVerdict.Differs),
            var failed => new ConditionOutcome(ConditionVerdict.Fails, failed.Error),
        };

    public string? Actual(ClaimSet claims) => null;
}
