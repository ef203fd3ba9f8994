namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>The job ran for a pull request, possibly of a fork, not for a branch of the repository.</summary>
internal sealed class ForkOrPullRequestHint : IHint
{
    private static readonly (string Claim, string[] Values)[] Signs =
    [
        ("event_name", ["pull_request", "pull_request_target", "pull_request_review"]),
        ("pipeline_source", ["merge_request_event", "external_pull_request_event"]),
        ("oidc.circleci.com/is-fork", ["true"]),
    ];

    public string Code => "fork_or_pull_request";

    public string? Find(HintFacts facts)
    {
        if (!facts.FailedInRule)
        {
            return null;
        }

        foreach (var (claim, values) in Signs)
        {
            if (facts.Text(claim) is { } value && values.Contains(value))
            {
                return Sentence($"{claim} is '{value}'");
            }
        }

        return facts.Text("sub")?.EndsWith(":pull_request", StringComparison.Ordinal) == true
            ? Sentence("sub ends in ':pull_request'")
            : null;
    }

    private static string Sentence(string sign) =>
        $"The job ran for a pull or merge request ({sign}), perhaps of a fork: such jobs usually get no token.";
}
