namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L14: cases that a single platform admits without the author's intent.</summary>
internal sealed class RunIsTheRightOne : ILintCheck
{
    public string Id => "L14";

    public Lint? Check(LintedRule rule)
    {
        if (rule.IsOf("terraform-cloud") && !rule.Reads("terraform_run_phase") && !rule.SubjectNames(":run_phase:"))
        {
            return Warn(
                "match: a plan, which runs code of a pull request, gets the rights of an apply; pin terraform_run_phase."
            );
        }

        if (rule.IsOf("circleci") && !rule.Demands("oidc.circleci.com/ssh-rerun", "false"))
        {
            return Warn(
                "match: a job rerun with SSH, in which a person has a shell, gets access; require oidc.circleci.com/ssh-rerun = "
                    + "false with a matcher."
            );
        }

        if (rule.IsOf("buildkite") && !rule.Reads("build_source"))
        {
            return Warn(
                "match: builds started manually or over the API may carry any commit; pin build_source to webhook, schedule "
                    + "or trigger_job."
            );
        }

        return rule.IsOf("eks", "aks", "gke") && !rule.Reads("/kubernetes.io/serviceaccount/uid")
            ? Warn(
                "match: a cluster that is deleted and created again has the same names; remove its issuer with it, or pin the "
                    + "service account's uid."
            )
            : null;
    }

    private Lint Warn(string message) => Lint.Warning(Id, message);
}
