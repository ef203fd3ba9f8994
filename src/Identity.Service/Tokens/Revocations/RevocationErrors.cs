using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tokens.Revocations;

internal static class RevocationErrors
{
    public static readonly ErrorCode Limit = new(
        "revocation.limit",
        409,
        "The organization has too many active revocations.",
        "The number of revoked single tokens has reached the limit; entries are removed when their tokens expire.",
        "Revoke by rule, principal, issuer or issued_before: one row covers any number of tokens."
    );
}
