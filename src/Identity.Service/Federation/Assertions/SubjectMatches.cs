namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>The rule's <c>subject_prefix</c>: exact, or with a trailing <c>*</c> the beginning of <c>sub</c>.</summary>
internal sealed class SubjectMatches : ImmediateCheck
{
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
        return matches ? null : new Denial(DenialReason.MatchSubjectPrefix);
    }
}
