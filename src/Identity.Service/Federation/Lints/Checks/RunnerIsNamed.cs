namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L11: on a self-hosted runner the previous job may have left files or processes.</summary>
internal sealed class RunnerIsNamed : ILintCheck
{
    public string Id => "L11";

    public Lint? Check(LintedRule rule) =>
        rule.Preset?.FindClaim("runner_environment") is not null && rule.GrantsMuch && !rule.Reads("runner_environment")
            ? Lint.Warning(
                Id,
                "match: self-hosted runners are admitted, where one job can leave things behind for the next; pin "
                    + "runner_environment."
            )
            : null;
}
