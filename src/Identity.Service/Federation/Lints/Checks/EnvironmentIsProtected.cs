namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L08: that an environment exists does not mean that it protects anything.</summary>
internal sealed class EnvironmentIsProtected : ILintCheck
{
    public string Id => "L08";

    public Lint? Check(LintedRule rule)
    {
        if (rule.IsOf("gitlab") && rule.Reads("environment") && !rule.Demands("environment_protected", "true"))
        {
            return Lint.Warning(
                Id,
                "match: an unprotected environment is anybody's with push access; pin environment_protected = true."
            );
        }

        return
            rule.IsOf("github-actions")
            && (rule.Reads("environment") || rule.SubjectNames(":environment:"))
            && !rule.Demands("ref_protected", "true")
            ? Lint.Warning(
                Id,
                "match: whether the environment is protected does not show in the token. Check that it has required "
                    + "reviewers, that only protected branches may deploy to it, and that administrators cannot bypass it; "
                    + "or pin ref_protected = true beside it."
            )
            : null;
    }
}
