using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

internal static class SigningKeyErrors
{
    public static readonly ErrorCode Unavailable = new(
        "signing_key.unavailable",
        503,
        "Tokens cannot be signed at the moment.",
        "The HSM that holds the signing key refused or failed; the service uses no other key instead.",
        "Retry; if it lasts, check the HSM and the network to it (readyz shows token_signing)."
    );

    public static readonly ErrorCode Pending = new(
        "signing_key.pending",
        409,
        "The next signing key is already published.",
        "A rotation is in progress; its key becomes active at its active_from.",
        "Wait for it, or name compromised_key_id if the present key must go at once."
    );

    public static readonly ErrorCode Limit = new(
        "signing_key.limit",
        409,
        "The key set is full.",
        "Too many rotations were requested: keys of live tokens fill the published set.",
        "Wait until the oldest key retires; a compromised key can be dropped at any time."
    );

    public static readonly ErrorCode Changed = new(
        "signing_key.changed",
        409,
        "The signing keys changed since they were read.",
        "Another node or administrator rotated at the same time.",
        "List the keys, then repeat the call if it still applies."
    );
}
