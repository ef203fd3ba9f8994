using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>How two rules of one issuer are related, as far as their conditions show it.</summary>
internal static class RuleRelations
{
    /// <summary>Whether <paramref name="wide"/> admits every token that <paramref name="narrow"/> admits.</summary>
    public static bool Covers(LintedRule wide, LintedRule narrow) =>
        wide.Audience == narrow.Audience
        && wide.Pins.All(pin => pin.Kind != PinKind.Expression && narrow.Pins.Any(other => Implies(other, pin)))
        && (wide.Rule.Match.Condition is null || wide.Rule.Match.Condition == narrow.Rule.Match.Condition);

    /// <summary>Whether no condition of one contradicts one of the other: some token may satisfy both.</summary>
    public static bool Overlap(LintedRule a, LintedRule b) =>
        a.Audience == b.Audience && a.Pins.All(pin => !b.Pins.Any(other => Contradict(pin, other)));

    /// <summary>Whether <paramref name="a"/> grants everything that <paramref name="b"/> grants.</summary>
    public static bool GrantsAsMuch(Rule a, Rule b) =>
        a.ServiceAccountId == b.ServiceAccountId
        && b.Scopes.All(a.Scopes.Contains)
        && b.TunnelIds.All(a.TunnelIds.Contains)
        && b.EdgeIds.All(a.EdgeIds.Contains)
        && (a.AppliesToAllWorkspaces || (!b.AppliesToAllWorkspaces && b.WorkspaceIds.All(a.WorkspaceIds.Contains)));

    // Whether every value that satisfies the first also satisfies the second.
    private static bool Implies(Pin pin, Pin wanted)
    {
        if (pin.Path.Pointer != wanted.Path.Pointer)
        {
            return false;
        }

        return (pin.Kind, wanted.Kind) switch
        {
            (PinKind.Exact, PinKind.Exact) => pin.Values.All(wanted.Values.Contains),
            (PinKind.Exact or PinKind.Prefix, PinKind.Prefix) => pin.Values.All(value =>
                wanted.Values.Any(prefix => value.StartsWith(prefix, StringComparison.Ordinal))
            ),
            (PinKind.Segments, PinKind.Segments) or (PinKind.Contains, PinKind.Contains) => pin.Values.SequenceEqual(
                wanted.Values
            ),
            _ => false,
        };
    }

    private static bool Contradict(Pin a, Pin b)
    {
        if (a.Path.Pointer != b.Path.Pointer)
        {
            return false;
        }

        return (a.Kind, b.Kind) switch
        {
            (PinKind.Exact, PinKind.Exact) => !a.Values.Any(b.Values.Contains),
            (PinKind.Exact, PinKind.Prefix) => !StartAlike(a, b),
            (PinKind.Prefix, PinKind.Exact) => !StartAlike(b, a),
            (PinKind.Prefix, PinKind.Prefix) => !StartAlike(a, b) && !StartAlike(b, a),
            _ => false,
        };
    }

    private static bool StartAlike(Pin texts, Pin prefixes) =>
        texts.Values.Any(text => prefixes.Values.Any(prefix => text.StartsWith(prefix, StringComparison.Ordinal)));
}
