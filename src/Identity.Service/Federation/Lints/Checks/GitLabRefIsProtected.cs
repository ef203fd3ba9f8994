namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L12: pipelines of merge requests from forks have run with the parent project's claims.</summary>
internal sealed class GitLabRefIsProtected : ILintCheck
{
    public string Id => "L12";

    public Lint? Check(LintedRule rule) =>
        rule.IsOf("gitlab") && !rule.Demands("ref_protected", "true") && !rule.PinsWhole("ci_config_ref_uri")
            ? Lint.Warning(
                Id,
                "match: unprotected branches and merge requests of forks may get access; pin project_id with ref_protected = "
                    + "true, or better, pin the pipeline definition with ci_config_ref_uri."
            )
            : null;
}
