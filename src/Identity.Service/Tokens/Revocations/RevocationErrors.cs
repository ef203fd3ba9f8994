using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tokens.Revocations;

internal static class RevocationErrors
{
    public static readonly ErrorCode Limit = new(
        "revocation.limit",
        409,
        "The organization has too many live revocations.",
        "Single tokens were revoked so often that the table's bound is reached; rows leave it when their tokens end.",
        "Revoke by rule, principal, issuer or issued_before: one row covers any number of tokens."
    );
}
