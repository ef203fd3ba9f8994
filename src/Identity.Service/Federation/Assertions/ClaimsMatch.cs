using Culvert.Identity.Service.Federation.Rules.Conditions;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// The rule's conditions on claims: exact ones, matchers and CEL. Types are not converted, an absent claim never
/// matches, and a condition that cannot be evaluated does not hold.
/// </summary>
internal sealed class ClaimsMatch() : ImmediateCheck(AssertionSteps.Rule)
{
    public override void Describe(AssertionContext context, TraceStep step)
    {
        foreach (var condition in context.Rule.Conditions)
        {
            if (condition.Origin != ConditionOrigin.Subject)
            {
                step.Add(TraceCondition.From(condition, context.Claims, context.Groups));
            }
        }
    }

    protected override Denial? Check(AssertionContext context)
    {
        foreach (var condition in context.Rule.Conditions)
        {
            if (condition.Origin == ConditionOrigin.Subject)
            {
                continue;
            }

            var outcome = condition.Evaluate(context.Claims, context.Groups);
            if (!outcome.Holds)
            {
                return ToDenial(condition, outcome);
            }
        }

        return null;
    }

    private static Denial ToDenial(ICondition condition, ConditionOutcome outcome) =>
        (condition.Origin, outcome.Verdict) switch
        {
            (_, ConditionVerdict.Fails) => new Denial(DenialReason.CelError, outcome.Detail),
            (ConditionOrigin.Condition, _) => new Denial(DenialReason.ConditionFalse),
            (_, ConditionVerdict.Missing) => new Denial(DenialReason.ClaimMissing, condition.Claim, condition.Claim),
            _ => new Denial(DenialReason.ClaimMismatch, condition.Claim, condition.Claim),
        };
}
