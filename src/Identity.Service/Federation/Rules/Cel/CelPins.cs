using Culvert.Identity.Service.Federation.Rules.Conditions;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>
/// Finds what an expression requires of single claims to be true: its conjuncts of the forms <c>claims.a == 'x'</c>,
/// <c>claims.a in ['x', 'y']</c>, <c>'x' in claims.a</c>, <c>claims.a.startsWith('x')</c> and
/// <c>claims.a.matches('^x…')</c>. For alternatives, what each of them requires of the same claim.
/// </summary>
internal static class CelPins
{
    public static IReadOnlyList<ClaimMatcher> Find(CelProgram program) => Find(program.Root);

    private static IReadOnlyList<ClaimMatcher> Find(CelNode node) =>
        node switch
        {
            CelLogic { IsAnd: true } all => [.. all.Children.SelectMany(Find)],
            CelLogic any => Common([.. any.Children.Select(Find)]),
            CelBinary { Operation: CelOperator.Equal } equal => Equal(equal.Left, equal.Right)
                ?? Equal(equal.Right, equal.Left)
                ?? [],
            CelBinary { Operation: CelOperator.In } membership => Membership(membership),
            CelCall { Function: CelFunction.StartsWith, Argument: CelLiteral { Value: string prefix } } call => Prefix(
                call.Target,
                prefix
            ),
            CelMatches matches => Prefix(matches.Target, matches.Pattern.AnchoredPrefix),
            _ => [],
        };

    private static IReadOnlyList<ClaimMatcher>? Equal(CelNode claim, CelNode value) =>
        FindPath(claim) is { } path && FindValue(value) is { } pinned
            ? [new ClaimMatcher(path, MatchOperator.Eq, [pinned])]
            : null;

    private static IReadOnlyList<ClaimMatcher> Membership(CelBinary membership)
    {
        if (FindPath(membership.Right) is { } list && FindValue(membership.Left) is { } element)
        {
            // For a map, only the key's presence is required, which pins nothing; for a list an element is pinned.
            return [new ClaimMatcher(list, MatchOperator.Contains, [element])];
        }

        return
            FindPath(membership.Left) is { } path
            && membership.Right is CelListLiteral literal
            && literal.Children.Count > 0
            && literal.Children.Select(FindValue).ToList() is var values
            && values.TrueForAll(value => value is not null)
            ? [new ClaimMatcher(path, MatchOperator.In, [.. values.Select(value => value!)])]
            : [];
    }

    private static IReadOnlyList<ClaimMatcher> Prefix(CelNode claim, string prefix) =>
        prefix.Length > 0 && FindPath(claim) is { } path
            ? [new ClaimMatcher(path, MatchOperator.Prefix, [MatchValue.From(prefix)])]
            : [];

    private static IReadOnlyList<ClaimMatcher> Common(IReadOnlyList<IReadOnlyList<ClaimMatcher>> alternatives) =>
        [
            .. alternatives[0]
                .Where(IsValue)
                .Select(pin => (pin.Path, Values: ValuesIn(alternatives, pin.Path)))
                .Where(pin => pin.Values is not null)
                .DistinctBy(pin => pin.Path.Pointer)
                .Select(pin => new ClaimMatcher(pin.Path, MatchOperator.In, pin.Values!)),
        ];

    private static List<MatchValue>? ValuesIn(IReadOnlyList<IReadOnlyList<ClaimMatcher>> alternatives, ClaimPath path)
    {
        var values = new List<MatchValue>();
        foreach (var alternative in alternatives)
        {
            var pin = alternative.FirstOrDefault(p => IsValue(p) && p.Path.Pointer == path.Pointer);
            if (pin is null)
            {
                return null;
            }

            values.AddRange(pin.Values);
        }

        return values;
    }

    private static bool IsValue(ClaimMatcher pin) => pin.Operator is MatchOperator.Eq or MatchOperator.In;

    private static ClaimPath? FindPath(CelNode node) =>
        CelReads.FindPath(node) is { Count: > 0 } names ? ClaimPath.From(names) : null;

    private static MatchValue? FindValue(CelNode node) =>
        node is CelLiteral literal
            ? literal.Value switch
            {
                string text => MatchValue.From(text),
                long number => MatchValue.From(number),
                bool truth => MatchValue.From(truth),
                _ => null,
            }
            : null;
}
