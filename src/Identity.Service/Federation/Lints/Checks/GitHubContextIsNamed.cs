namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L06: <c>repo:o/r:*</c> covers every branch, every tag and every pull request.</summary>
internal sealed class GitHubContextIsNamed : ILintCheck
{
    public string Id => "L06";

    public Lint? Check(LintedRule rule)
    {
        if (
            !rule.IsOf("github-actions")
            || rule.PinsWhole("environment")
            || rule.PinsWhole("ref")
            || rule.PinsWhole("event_name")
        )
        {
            return null;
        }

        return rule.SubjectNames(":environment:") || rule.SubjectNames(":ref:") || rule.SubjectNames(":pull_request")
            ? null
            : Lint.Warning(
                Id,
                "match: every branch and every pull request of the repository gets access; pin environment, or ref with "
                    + "ref_type and ref_protected."
            );
    }
}
