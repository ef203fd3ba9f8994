namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L12: pipelines of forks' merge requests have run with the parent project's claims.</summary>
internal sealed class GitLabRefIsProtected : ILintCheck
{
    public string Id => "L12";

    public Lint? Check(LintedRule rule) =>
        rule.IsOf("gitlab") && !rule.Demands("ref_protected", "true") && !rule.PinsWhole("ci_config_ref_uri")
            ? Lint.Warning(
                Id,
                "match: unprotected branches and merge requests of forks may get in; pin project_id with ref_protected = "
                    + "true, or better the pipeline's definition by ci_config_ref_uri."
            )
            : null;
}
