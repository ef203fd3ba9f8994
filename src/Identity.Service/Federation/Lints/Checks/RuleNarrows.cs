namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L03: the rule must select some workloads: <c>repo:*</c> and an audience alone do not.</summary>
internal sealed class RuleNarrows : ILintCheck
{
    private static readonly char[] Structure = [':', '/', '@'];

    public string Id => "L03";

    public Lint? Check(LintedRule rule) =>
        rule.ReadsGroups || rule.Pins.Any(pin => !pin.Is("aud") && !pin.Is("iss") && Narrows(rule, pin))
            ? null
            : Lint.Error(
                Id,
                "match: this admits every workload of the issuer; match the workload's whole sub, a prefix that "
                    + "contains more than the platform's fixed words, or its ID claims."
            );

    private static bool Narrows(LintedRule rule, Pin pin) =>
        pin.Kind switch
        {
            PinKind.Exact => pin.IsWhole,
            PinKind.Prefix => pin.Values.All(value => Contains(rule, value)),
            PinKind.Segments => pin.Values.All(value =>
                Contains(rule, value.Replace("*", "", StringComparison.Ordinal))
            ),
            _ => true,
        };

    // Text that every subject of the platform has at that place does not narrow the rule.
    private static bool Contains(LintedRule rule, string text)
    {
        var fixedWords = FixedWords(rule);
        return text.Split(Structure, StringSplitOptions.RemoveEmptyEntries).Any(word => !fixedWords.Contains(word));
    }

    private static HashSet<string> FixedWords(LintedRule rule)
    {
        HashSet<string> words = new(StringComparer.Ordinal)
        {
            "repo",
            "system",
            "serviceaccount",
            "project_path",
            "organization",
            "org",
            "spiffe",
            "arn",
            "aws",
            "iam",
        };
        foreach (var format in rule.Preset?.Subjects ?? [])
        {
            words.UnionWith(
                format
                    .Pattern.Split(Structure, StringSplitOptions.RemoveEmptyEntries)
                    .Where(word => word.All(c => char.IsAsciiLetterLower(c) || c == '_'))
            );
        }

        return words;
    }
}
