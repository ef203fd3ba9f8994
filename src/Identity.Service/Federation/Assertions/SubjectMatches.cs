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
        if (context.Rule.Rule.Match.Subject is not { } wanted || Matches(wanted, context.Subject!))
        {
            return null;
        }

        // The same repository in GitHub's other form: denied all the same, but with the cause in the history.
        var isReformatted = Matches(
            SubjectFormat.WithoutNumbers(wanted),
            SubjectFormat.WithoutNumbers(context.Subject!)
        );
        return new Denial(
            isReformatted ? DenialReason.SubjectFormatChanged : DenialReason.MatchSubjectPrefix,
            Claim: "sub"
        );
    }

    private static bool Matches(string wanted, string subject) =>
        wanted.EndsWith('*') ? subject.AsSpan().StartsWith(wanted.AsSpan(0, wanted.Length - 1)) : subject == wanted;
}
