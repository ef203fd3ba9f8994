namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L10: a customized subject has the form of its current template.</summary>
internal sealed class SubjectIsStandard : ILintCheck
{
    public string Id => "L10";

    public Lint? Check(LintedRule rule) =>
        rule.IsOf("github-actions")
        && rule.SubjectPins.Any(pin => pin.Values.Any(value => !value.StartsWith("repo:", StringComparison.Ordinal)))
            ? Lint.Warning(
                Id,
                "match: this is a customised subject (include_claim_keys); editing the template changes what the rule "
                    + "means. Match the claims themselves instead of sub."
            )
            : null;
}
