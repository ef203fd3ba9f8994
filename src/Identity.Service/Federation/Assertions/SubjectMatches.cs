using Culvert.Identity.Service.Federation.Rules.Conditions;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>The rule's conditions on <c>sub</c>: exact, a prefix, or a pattern over its segments.</summary>
internal sealed class SubjectMatches() : ImmediateCheck(AssertionSteps.Rule)
{
    public override void Describe(AssertionContext context, TraceStep step)
    {
        foreach (var condition in context.Rule.Conditions)
        {
            if (condition.Origin == ConditionOrigin.Subject)
            {
                step.Add(TraceCondition.From(condition, context.Claims));
            }
        }
    }

    protected override Denial? Check(AssertionContext context)
    {
        foreach (var condition in context.Rule.Conditions)
        {
            if (condition.Origin == ConditionOrigin.Subject && !condition.Holds(context.Claims))
            {
                return new Denial(GetReason(context), Claim: "sub");
            }
        }

        return null;
    }

    // The same repository in GitHub's other subject format: also denied, but the history shows the cause.
    private static DenialReason GetReason(AssertionContext context) =>
        context.Rule.Rule.Match.Subject is { } wanted
        && Matches(SubjectFormat.WithoutNumbers(wanted), SubjectFormat.WithoutNumbers(context.Subject!))
            ? DenialReason.SubjectFormatChanged
            : DenialReason.MatchSubjectPrefix;

    private static bool Matches(string wanted, string subject) =>
        wanted.EndsWith('*') ? subject.AsSpan().StartsWith(wanted.AsSpan(0, wanted.Length - 1)) : subject == wanted;
}
