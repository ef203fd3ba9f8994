namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L09: <c>job_workflow_ref</c> names the called workflow; anyone may call a public one.</summary>
internal sealed class CalledWorkflowHasCaller : ILintCheck
{
    public string Id => "L09";

    public Lint? Check(LintedRule rule)
    {
        if (!rule.IsOf("github-actions") || !rule.Reads("job_workflow_ref"))
        {
            return null;
        }

        if (!rule.PinsWhole("repository_id") && !rule.PinsWhole("repository_owner_id"))
        {
            return Lint.Warning(
                Id,
                "match: job_workflow_ref proves the called workflow, not who calls it; pin repository_id too."
            );
        }

        var isFixed =
            rule.PinsWhole("job_workflow_sha")
            || rule.Pins.Where(pin => pin.Is("job_workflow_ref") && pin.Kind != PinKind.Expression)
                .SelectMany(pin => pin.Values)
                .All(value => !value.Contains("@refs/heads/", StringComparison.Ordinal) && value.Contains('@'));
        return isFixed
            ? null
            : Lint.Warning(
                Id,
                "match: a branch of the called workflow moves with every push; name a tag or commit, or pin job_workflow_sha."
            );
    }
}
