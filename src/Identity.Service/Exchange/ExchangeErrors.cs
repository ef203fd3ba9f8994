using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Exchange;

/// <summary>Refusals of the token endpoint, except those of a malformed request.</summary>
internal static class ExchangeErrors
{
    /// <summary>The same answer to every denial: an attacker who probes a rule learns nothing from it.</summary>
    public static readonly ErrorCode Failed = new(
        "exchange.failed",
        401,
        "Authentication failed",
        "The rule is unknown or archived, or the assertion does not satisfy it. The response does not say which.",
        "Look up the request id in the authentication history; if no entry exists, the service does not know the rule ID."
    );

    public static readonly ErrorCode Busy = new(
        "exchange.busy",
        429,
        "The token endpoint is at its limit.",
        "All callers together exceeded limits.exchange_total.",
        "Wait for the time in retry-after, or raise the limit."
    );

    public static readonly ErrorCode Quota = new(
        "exchange.quota_exceeded",
        429,
        "Too many exchanges for this identity.",
        "One subject exceeded limits.exchange_per_subject, or one issuer limits.exchange_per_issuer.",
        "Exchange less often and reuse each token until it expires, or raise the limit."
    );

    public static readonly ErrorCode KeysUnavailable = new(
        "exchange.keys_unavailable",
        503,
        "The keys that are needed to verify the token are not available.",
        "Fetching the issuer's keys failed and no cached keys are usable. Form requests only.",
        "Wait for the time in retry-after; verify the issuer if it lasts."
    );

    public static readonly ErrorCode InvalidRequest = new(
        "oauth.invalid_request",
        400,
        "The request is malformed, or its tokens are not accepted.",
        "A form with a missing, repeated or malformed parameter; or a subject or actor token that was denied "
            + "(RFC 8693 §2.2.2). The response to a denied caller does not give the reason.",
        "Correct the parameter that error_description names; for a denial, look up request_id in the authentication history."
    )
    {
        OAuthError = "invalid_request",
    };

    public static readonly ErrorCode InvalidGrant = new(
        "oauth.invalid_grant",
        400,
        "The assertion is not accepted.",
        "A form of RFC 7523 whose assertion was denied, for any reason. The response does not give the reason.",
        "Look up request_id in the authentication history, or in the audit log if the assertion is about a person; if no "
            + "entry exists, the service knows no such rule, or none for the issuer."
    )
    {
        OAuthError = "invalid_grant",
    };

    public static readonly ErrorCode InvalidTarget = new(
        "oauth.invalid_target",
        400,
        "The requested resource or audience is not available.",
        "Tokens are for this service, or for URIs below the domain of a tunnel that the rule names; one per request.",
        "Leave resource and audience out, or name one https URI below a tunnel of the rule."
    )
    {
        OAuthError = "invalid_target",
    };

    public static readonly ErrorCode InvalidScope = new(
        "oauth.invalid_scope",
        400,
        "The requested scope is not available.",
        "A scope that does not exist, or that the rule or the subject token does not have. Scopes are granted all or none.",
        "Request scopes that the rule grants, or omit scope to get all of them."
    )
    {
        OAuthError = "invalid_scope",
    };

    public static readonly ErrorCode UnauthorizedClient = new(
        "oauth.unauthorized_client",
        400,
        "The rule requires a token that is bound to a key of the client.",
        "The rule's bind is dpop or mtls, and the request proved no such key.",
        "Send a DPoP proof with the request, or a client certificate, as the rule wants it."
    )
    {
        OAuthError = "unauthorized_client",
    };

    public static readonly ErrorCode UnsupportedGrantType = new(
        "oauth.unsupported_grant_type",
        400,
        "The grant type is not supported.",
        "grant_type is neither the jwt-bearer nor the token-exchange URN.",
        "Use urn:ietf:params:oauth:grant-type:jwt-bearer or urn:ietf:params:oauth:grant-type:token-exchange."
    )
    {
        OAuthError = "unsupported_grant_type",
    };

    public static readonly ErrorCode InvalidClient = new(
        "oauth.invalid_client",
        401,
        "This endpoint does not support client authentication.",
        "The request carries client authentication (Authorization, client_secret, client_assertion). The assertion or "
            + "subject token is the proof, and is not accepted as a client assertion.",
        "Use the client authentication method none."
    )
    {
        OAuthError = "invalid_client",
    };
}
