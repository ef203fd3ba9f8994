using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tenants;

internal static class AdminKeyErrors
{
    public static readonly ErrorCode Rights = new(
        "admin_key.rights",
        403,
        "You cannot grant or remove rights that you do not have.",
        "The key has a scope that the caller does not have.",
        "Use a credential with that scope, or `identity-service admin-key` on the service's host."
    );

    public static readonly ErrorCode Federated = new(
        "admin_key.federated",
        403,
        "Federated credentials can neither create nor revoke admin keys.",
        "The caller uses an access token, which expires; a key would outlive it.",
        "Use an admin key, or `identity-service admin-key` on the service's host."
    );

    public static readonly ErrorCode Limit = new(
        "admin_key.limit",
        409,
        "The organization has the maximum number of admin keys.",
        "100 keys are active.",
        "Revoke a key that is not in use: `culvert admin-key list` shows when each was last used."
    );
}
