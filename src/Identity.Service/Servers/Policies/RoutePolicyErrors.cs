using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Servers.Policies;

internal static class RoutePolicyErrors
{
    public static readonly ErrorCode Form = new(
        "policies.form",
        400,
        "The text is not a policy.",
        "It is too long, has characters that cannot be seen, is not strict YAML, or has keys that no policy has. "
            + "details.problems lists the errors: line, key, message and remedy. details.problem is the first of them.",
        "Correct the text. docs/policy.md has the keys."
    );

    public static readonly ErrorCode Hostname = new(
        "policies.hostname",
        400,
        "The hostname is not that of a route of the tunnel.",
        "A route is served under the tunnel's domain, or under one label of it, in lower case.",
        "Write the hostname that culvert tunnel inventory shows. A custom hostname has the policy of its route."
    );

    public static readonly ErrorCode TooMany = new(
        "policies.too_many",
        429,
        "Too many drafts wait for approval.",
        "The hostname has 20 drafts.",
        "Approve or reject drafts."
    );

    public static readonly ErrorCode TooLarge = new(
        "policies.too_large",
        409,
        "The tunnel's policies would be too large together.",
        "The active policies of a tunnel have at most 1 MiB in all.",
        "Shorten a policy, or give routes to another tunnel."
    );

    public static readonly ErrorCode Decided = new(
        "policies.decided",
        409,
        "The version is not a draft.",
        "It was approved, rejected or withdrawn before; details.state is its state.",
        "List the versions again."
    );

    public static readonly ErrorCode Outdated = new(
        "policies.outdated",
        409,
        "A later version was approved.",
        "The draft is older than a version that was approved meanwhile, so it was not reviewed against that one.",
        "Draft it again."
    );

    public static readonly ErrorCode Replaced = new(
        "policies.replaced",
        409,
        "Another version is in force than the one that the approver compared with.",
        "A version was approved or rolled back after the approver saw the difference. replaces names the version that was in "
            + "force then, and details.active_id the one that is in force now.",
        "Compare the draft with the version in force, then approve it or draft it again."
    );

    public static readonly ErrorCode NotDrafter = new(
        "policies.not_drafter",
        403,
        "Only the person who drafted the policy may withdraw it.",
        "The caller is another person, or uses a key that belongs to another person.",
        "Ask the person who drafted it, or an approver to reject it."
    );

    public static readonly ErrorCode SamePerson = new(
        "policies.same_person",
        403,
        "A second person must approve the policy.",
        "The caller is the person who drafted it. Two keys of the same person count once.",
        "Ask another person to approve."
    );

    public static readonly ErrorCode NoRollback = new(
        "policies.no_rollback",
        409,
        "There is no approval to take back.",
        "The hostname has no active version, its active version replaced none, or it was rolled back already. "
            + "Another person may have decided in the same moment.",
        "List the versions again. To return further, draft the old text and have it approved."
    );

    public static Refusal MalformedText(IReadOnlyList<PolicyProblem> problems) =>
        Form.Refuse()
            .With("problem", problems[0].ToString())
            .With(
                "problems",
                new JsonArray([
                    .. problems.Select(problem => new JsonObject
                    {
                        ["line"] = problem.Line,
                        ["key"] = problem.Key,
                        ["message"] = problem.Message,
                        ["remedy"] = problem.Remedy,
                    }),
                ])
            );
}
