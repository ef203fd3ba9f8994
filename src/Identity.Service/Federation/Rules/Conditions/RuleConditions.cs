using Culvert.Identity.Service.Federation.Rules.Cel;

namespace Culvert.Identity.Service.Federation.Rules.Conditions;

internal static class RuleConditions
{
    private static readonly ClaimPath Subject = ClaimPath.TopLevel("sub");

    /// <summary>In the order subject, claims, matchers, condition: cheap ones that name the workload first.</summary>
    public static IReadOnlyList<ICondition> Create(RuleMatch match)
    {
        var conditions = new List<ICondition>();
        if (match.Subject is { } subject)
        {
            conditions.Add(
                match.IsSubjectPrefix
                    ? new ClaimHasPrefix(ConditionOrigin.Subject, Subject, MatchValue.From(subject[..^1]))
                    : new ClaimEquals(ConditionOrigin.Subject, Subject, MatchValue.From(subject))
            );
        }

        if (match.SubjectSegments is { } text)
        {
            conditions.Add(
                SegmentPattern.TryParse(text, out var pattern, out var reason)
                    ? new ClaimHasSegments(ConditionOrigin.Subject, Subject, pattern)
                    : throw new InvalidOperationException(reason)
            );
        }

        foreach (var (name, value) in match.Claims)
        {
            conditions.Add(new ClaimEquals(ConditionOrigin.Claims, ClaimPath.TopLevel(name), MatchValue.From(value)));
        }

        conditions.AddRange(match.Matchers.Select(matcher => matcher.Compile()));
        if (match.Condition is { } expression)
        {
            conditions.Add(
                CelProgram.TryCompile(expression, out var program, out var error)
                    ? new CelCondition(program)
                    : throw new InvalidOperationException(error.ToString())
            );
        }

        return [.. conditions];
    }
}
