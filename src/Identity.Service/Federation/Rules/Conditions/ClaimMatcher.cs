namespace Culvert.Identity.Service.Federation.Rules.Conditions;

/// <summary>
/// One of a rule's <c>matchers</c>: a claim anywhere in the token, an operator, and the values to compare with.
/// </summary>
/// <param name="Values">A single value, except for <see cref="MatchOperator.In"/>; strings for prefix and segments.</param>
internal sealed record ClaimMatcher(ClaimPath Path, MatchOperator Operator, IReadOnlyList<MatchValue> Values)
{
    public ICondition Compile() =>
        Operator switch
        {
            MatchOperator.Eq => new ClaimEquals(ConditionOrigin.Matchers, Path, Values[0]),
            MatchOperator.In => new ClaimIsOneOf(ConditionOrigin.Matchers, Path, [.. Values]),
            MatchOperator.Prefix => new ClaimHasPrefix(ConditionOrigin.Matchers, Path, Values[0]),
            MatchOperator.Contains => new ClaimContains(ConditionOrigin.Matchers, Path, Values[0]),
            _ => SegmentPattern.TryParse(Values[0].Text!, out var pattern, out var error)
                ? new ClaimHasSegments(ConditionOrigin.Matchers, Path, pattern)
                : throw new InvalidOperationException(error),
        };
}
