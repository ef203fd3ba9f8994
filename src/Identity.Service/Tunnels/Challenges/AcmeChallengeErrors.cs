using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tunnels.Challenges;

internal static class AcmeChallengeErrors
{
    public static readonly ErrorCode Name = new(
        "acme_challenge.name",
        403,
        "The name is not the tunnel's.",
        "It is neither the tunnel's domain, nor one label below it, nor an active hostname of the tunnel.",
        "Add the name to the tunnel and prove it first: culvert tunnel hostname add, then check."
    );

    public static readonly ErrorCode Digest = new(
        "acme_challenge.digest",
        400,
        "The digest of the key authorization cannot be read.",
        "key_authorization_sha256 is not 32 bytes in base64url without padding.",
        "Send the SHA-256 of the key authorization (RFC 8737 §3)."
    );

    public static readonly ErrorCode Expiry = new(
        "acme_challenge.expiry",
        400,
        "A challenge must expire within the next ten minutes.",
        "expires_at is in the past, or too far in the future.",
        "Announce it shortly before you notify the certificate authority; check the clock."
    );

    public static readonly ErrorCode Limit = new(
        "acme_challenge.limit",
        429,
        "The tunnel already has the maximum number of active challenges.",
        "32 are announced.",
        "Remove completed challenges, or wait until they expire."
    );

    public static readonly ErrorCode Busy = new(
        "acme_challenge.busy",
        409,
        "Another agent is proving the name right now.",
        "Its challenge is active, and a name can have one challenge at a time.",
        "Wait until that order has finished; its certificate can serve this agent's clients meanwhile."
    );

    public static readonly ErrorCode Rate = new(
        "acme_challenge.rate",
        429,
        "The tunnel announces too many challenges.",
        "More than 30 in a minute.",
        "Slow down; certificate authorities limit orders far lower."
    );
}
