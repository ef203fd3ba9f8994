using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tokens;

/// <summary>
/// Refusals of access tokens of this service. Distinct, unlike those of assertions: the holder of such a token received
/// it from this service, and its error discloses nothing about a rule.
/// </summary>
internal static class TokenErrors
{
    public static readonly ErrorCode Malformed = new(
        "token.malformed",
        401,
        "The access token is malformed.",
        "The value is not a JWT that this service issued, or not an access token.",
        "Exchange an identity token at /v1/oauth/token and send the access_token of the response."
    );

    public static readonly ErrorCode Algorithm = new(
        "token.algorithm",
        401,
        "The access token's algorithm is not accepted.",
        "Access tokens are signed with ES256; this one names another algorithm.",
        "Exchange an identity token for a new access token."
    );

    public static readonly ErrorCode KeyUnknown = new(
        "token.key_unknown",
        401,
        "The access token's key is not known.",
        "It was signed by another service, or by a key that has been retired.",
        "Exchange an identity token for a new access token."
    );

    public static readonly ErrorCode Signature = new(
        "token.signature",
        401,
        "The access token's signature is not valid.",
        "The token was changed, or was not issued by this service.",
        "Exchange an identity token for a new access token."
    );

    public static readonly ErrorCode Issuer = new(
        "token.issuer",
        401,
        "The access token is of another issuer.",
        "Its iss is not this service's public URL.",
        "Exchange an identity token at this service."
    );

    public static readonly ErrorCode Audience = new(
        "token.audience",
        401,
        "The access token is for another audience.",
        "Its aud is not this service's public URL.",
        "Exchange an identity token for an access token of this service."
    );

    public static readonly ErrorCode Expired = new(
        "token.expired",
        401,
        "The access token has expired.",
        "Its exp has passed.",
        "Exchange an identity token for a new access token."
    );

    public static readonly ErrorCode NotYetValid = new(
        "token.not_yet_valid",
        401,
        "The access token is not valid yet.",
        "Its iat is in the future: this node's clock is behind the clock of the node that issued it.",
        "Check the service's clocks."
    );

    public static readonly ErrorCode Revoked = new(
        "token.revoked",
        401,
        "The access token is no longer accepted.",
        "It was revoked, or its rule, issuer or service account was archived.",
        "Exchange an identity token again; if that is refused too, the authentication history gives the reason."
    );
}
