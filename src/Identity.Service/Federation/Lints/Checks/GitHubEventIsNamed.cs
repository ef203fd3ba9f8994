namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>
/// L07: runs by <c>workflow_dispatch</c>, <c>issue_comment</c>, <c>workflow_run</c> and <c>pull_request_target</c> have
/// the default branch as <c>ref</c>, and input from strangers.
/// </summary>
internal sealed class GitHubEventIsNamed : ILintCheck
{
    public string Id => "L07";

    public Lint? Check(LintedRule rule) =>
        rule.IsOf("github-actions") && (rule.Reads("ref") || rule.SubjectNames(":ref:")) && !rule.Reads("event_name")
            ? Lint.Warning(
                Id,
                "match: the ref does not show what started the run; pin event_name (push, schedule, release), because "
                    + "workflow_dispatch, pull_request_target, issue_comment and workflow_run run on the default branch too."
            )
            : null;
}
