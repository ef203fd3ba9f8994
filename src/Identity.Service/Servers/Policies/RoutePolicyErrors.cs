using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Servers.Policies;

internal static class RoutePolicyErrors
{
    public static readonly ErrorCode Form = new(
        "policies.form",
        400,
        "The text is not a policy.",
        "It is too long, has characters that cannot be seen, is not strict YAML, or has keys that no policy has; "
            + "details.problem says what.",
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
        "It was approved or rejected before; details.state is its state.",
        "List the versions again."
    );

    public static readonly ErrorCode Outdated = new(
        "policies.outdated",
        409,
        "A later version was approved.",
        "The draft is older than a version that was approved meanwhile, so it was not reviewed against that one.",
        "Draft it again."
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
}
