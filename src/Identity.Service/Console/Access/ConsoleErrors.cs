using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Console.Access;

internal static class ConsoleErrors
{
    public static readonly ErrorCode Role = new(
        "console.role",
        403,
        "Your role does not allow this.",
        "The session's roles, or the admin key's scopes, do not cover the operation.",
        "Ask a user with the role, or ask an administrator to map one of your groups to it in `sign_in.roles`."
    );

    public static readonly ErrorCode Form = new(
        "console.form",
        403,
        "This form was not sent from the page that it belongs to.",
        "Its token is missing or of another session, or another site sent it.",
        "Open the page again and repeat; if you did not send anything, another site tried to."
    );

    public static readonly ErrorCode TooManyFilters = new(
        "console.filters",
        409,
        "You keep as many filters of this list as are allowed.",
        "A person keeps at most 20 filters of a list.",
        "Forget one that you do not need, or give this one the name of the filter that it replaces."
    );

    public static readonly ErrorCode NoAdminKeys = new(
        "console.admin_keys_off",
        403,
        "Signing in with an admin key is turned off.",
        "The configuration says `sign_in.admin_keys: false`.",
        "Sign in with the identity provider."
    );

    public static readonly ErrorCode AdminKey = new(
        "console.admin_key",
        401,
        "This admin key cannot be used to sign in.",
        "The key is unknown, revoked or not complete: it begins with `clv_adm_`.",
        "Copy the whole key, or ask an administrator for a new one: `culvert admin-key create`."
    );

    public static readonly ErrorCode SignIn = new(
        "console.sign_in",
        403,
        "Signing in did not succeed.",
        "The identity provider refused, or its response is not valid: wrong or late state, nonce, issuer, audience, signature or time.",
        "Sign in again; if it fails again, the service's log names the check that failed (event 7010)."
    );

    public static readonly ErrorCode NoRole = new(
        "console.no_role",
        403,
        "You are known, but no role is mapped to you.",
        "None of the values in the claim `sign_in.roles_claim` is listed in `sign_in.roles`.",
        "Ask an administrator to add you to a mapped group or to map one of your groups; then sign in again."
    );

    public static readonly ErrorCode NoCommandLine = new(
        "sign_in.command_line_off",
        403,
        "People cannot sign in to the service from the command line.",
        "The configuration has no `sign_in.command_line_client_id`.",
        "Register the command line at the provider as a public client and configure its client ID, or sign in by a rule."
    );

    public static readonly ErrorCode Provider = new(
        "console.provider",
        502,
        "The identity provider cannot be reached.",
        "Its discovery document, keys or token endpoint cannot be fetched or are malformed.",
        "Try again; the service's log names the URL and the error (event 7011)."
    );
}
