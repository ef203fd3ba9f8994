namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>
/// L04: <c>repo:acme*</c> also admits <c>repo:acme-evil/…</c>. A prefix ends where a part of the text ends, and no
/// wildcard matches an owner or a namespace.
/// </summary>
internal sealed class PatternEndsWhole : ILintCheck
{
    public string Id => "L04";

    public Lint? Check(LintedRule rule)
    {
        foreach (var pin in rule.Pins.Where(pin => pin.Kind == PinKind.Prefix))
        {
            foreach (var prefix in pin.Values.Where(prefix => !EndsWhole(rule, pin, prefix)))
            {
                return Lint.Error(
                    Id,
                    $"match: the prefix {prefix}* of {pin.Path.Text} ends inside a segment, so that {prefix}-evil matches "
                        + $"too; end it with a delimiter{GetDelimiters(rule, pin)}, or require the whole value."
                );
            }
        }

        foreach (
            var pattern in rule.SubjectPins.Where(pin => pin.Kind == PinKind.Segments).SelectMany(pin => pin.Values)
        )
        {
            if (HasOpenOwner(rule, pattern))
            {
                return Lint.Error(
                    Id,
                    $"match: in {pattern} a * matches the owner or namespace; write it in full, or pin its ID claim."
                );
            }
        }

        return null;
    }

    private static bool EndsWhole(LintedRule rule, Pin pin, string prefix)
    {
        var last = prefix.Length == 0 ? 'a' : prefix[^1];
        return pin.Is("sub") && rule.Preset is { } preset
            ? preset.SubjectDelimiters.Contains(last, StringComparison.Ordinal)
            : !char.IsLetterOrDigit(last);
    }

    private static string GetDelimiters(LintedRule rule, Pin pin) =>
        pin.Is("sub") && rule.Preset is { SubjectDelimiters: { Length: > 0 } delimiters }
            ? $" ({string.Join(' ', delimiters.ToCharArray())})"
            : "";

    private static bool HasOpenOwner(LintedRule rule, string pattern)
    {
        if (pattern.StartsWith("system:serviceaccount:*", StringComparison.Ordinal))
        {
            return !rule.PinsWhole("/kubernetes.io/namespace") && !rule.PinsWhole("/kubernetes.io/serviceaccount/uid");
        }

        return rule.Preset is { } preset
            && preset.TenantSubjects.Any(subject =>
                subject.Prefix.Length > 0 && pattern.StartsWith(subject.Prefix + "*", StringComparison.Ordinal)
            )
            && !rule.PinsTenantById;
    }
}
