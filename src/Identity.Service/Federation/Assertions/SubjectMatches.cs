using Culvert.Identity.Service.Federation.Explain;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>The rule's <c>subject_prefix</c>: exact, or with a trailing <c>*</c> the beginning of <c>sub</c>.</summary>
internal sealed class SubjectMatches() : ImmediateCheck(AssertionSteps.Rule)
{
    public override void Describe(AssertionContext context, TraceStep step)
    {
        var match = context.Rule.Rule.Match;
        if (match.Subject is { } subject)
        {
            var operation = match.IsSubjectPrefix ? "prefix" : "eq";
            step.Add(new TraceCondition("sub", operation, subject, context.Subject, Check(context) is null));
        }
    }

    protected override Denial? Check(AssertionContext context)
    {
        var match = context.Rule.Rule.Match;
        var matches = match.Subject switch
        {
            null => true,
            var prefix when match.IsSubjectPrefix => context
                .Subject.AsSpan()
                .StartsWith(prefix.AsSpan(0, prefix.Length - 1)),
            var exact => context.Subject == exact,
        };
        return matches ? null : new Denial(DenialReason.MatchSubjectPrefix, Claim: "sub");
    }
}
