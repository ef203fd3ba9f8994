namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L08: an environment that exists need not have any protection rule.</summary>
internal sealed class EnvironmentIsProtected : ILintCheck
{
    public string Id => "L08";

    public Lint? Check(LintedRule rule)
    {
        if (rule.IsOf("gitlab") && rule.Reads("environment") && !rule.Demands("environment_protected", "true"))
        {
            return Lint.Warning(
                Id,
                "match: anyone with push access can use an unprotected environment; pin environment_protected = true."
            );
        }

        return
            rule.IsOf("github-actions")
            && (rule.Reads("environment") || rule.SubjectNames(":environment:"))
            && !rule.Demands("ref_protected", "true")
            ? Lint.Warning(
                Id,
                "match: the token does not show whether the environment is protected. Check that it has required "
                    + "reviewers, that only protected branches may deploy to it, and that administrators cannot bypass it; "
                    + "or also pin ref_protected = true."
            )
            : null;
    }
}
