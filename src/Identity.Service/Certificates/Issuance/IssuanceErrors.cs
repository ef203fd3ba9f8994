using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Certificates.Issuance;

internal static class IssuanceErrors
{
    public static readonly ErrorCode KeyBlocked = new(
        "key.blocked",
        409,
        "The key is on the list of keys that are never certified.",
        "It is in certificates.blocked_keys_file, or a certificate for it was revoked because the key is known to others.",
        "Create a new key, and treat the old one as disclosed wherever it is still used."
    );

    public static readonly ErrorCode KeyReused = new(
        "key.reused",
        409,
        "The key is certified for another identity already.",
        "A key or a signing request was copied from one machine to another.",
        "Create a new key on each machine, and for each certificate."
    );

    public static readonly ErrorCode IdempotencyMismatch = new(
        "idempotency.mismatch",
        422,
        "The idempotency key was used for another request.",
        "A client sends the same Idempotency-Key with a new signing request.",
        "Use a new key for every new request; repeat a key only with exactly the same body."
    );

    public static readonly ErrorCode IdempotencyPending = new(
        "idempotency.pending",
        409,
        "The first request with this idempotency key is still being worked on.",
        "A client repeated its request before the first response arrived.",
        "Repeat it after the time in retry-after."
    );

    public static readonly ErrorCode Limit = new(
        "issue.rate_limited",
        429,
        "Too many certificates in too little time.",
        "One of limits.certificates_per_identity, _per_tunnel or _per_authority is exhausted; details.limit names it.",
        "Wait for the time in retry-after; a machine should renew within the window that the service gave it."
    );

    public static readonly ErrorCode QueueFull = new(
        "signer.busy",
        503,
        "Too many issuances wait for a signature.",
        "More requests arrive than the authority's key can sign; limits.signing_queue of them wait.",
        "Repeat it after the time in retry-after."
    );

    public static readonly ErrorCode Clock = new(
        "clock.untrusted",
        503,
        "The service does not trust its clock, so it issues no certificates.",
        "The wall clock stepped by more than the leeway, or is before the last recorded decision.",
        "Check the host's time synchronisation; then run `culvert clock confirm`, unless the clock has recovered."
    );
}
