using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Approvals;

internal static class ApprovalErrors
{
    public static readonly ErrorCode Federated = new(
        "approval.federated",
        403,
        "A federated workload cannot approve or override.",
        "The caller uses an access token. Only people can approve.",
        "Use an admin key, or sign in to the console."
    );

    public static readonly ErrorCode PersonUnknown = new(
        "approval.person_unknown",
        403,
        "The service cannot determine whether the caller is a second person.",
        "One of the two used an admin key that names no person; the other is known by issuer and subject.",
        "Sign in to the console with the admin key, then with the identity provider in the same browser: the key then "
            + "names its person. Or create a key with --issuer and --subject on the service's host."
    );
}
