namespace Culvert.Tunnel.Agent.Requests;

/// <summary>What is wrong with the credentials of the caller.</summary>
internal static class AuthorizationFailures
{
    public static readonly Failure TokenMissing = new(
        FailedHop.Agent,
        "agent.token_missing",
        401,
        ErrorTypes.Authentication,
        "This server requires an access token.",
        "A client that has not signed in yet; it reads where to do so from WWW-Authenticate.",
        "Let the client sign in, or add an Authorization header with a token for this resource."
    );

    // RFC 9728 §3.1: a client that finds no document at one place reads the next.
    public static readonly Failure MetadataUnknown = new(
        FailedHop.Agent,
        "agent.metadata_unknown",
        404,
        "not_found_error",
        "This server has no such metadata document.",
        "A client tries the places of metadata one after the other, or its URL differs from oauth.path of the route.",
        "Nothing, if the client then signs in; otherwise call the URL that WWW-Authenticate of a 401 leads to."
    );

    public static readonly Failure TokenInvalid = new(
        FailedHop.Agent,
        "agent.token_invalid",
        401,
        ErrorTypes.Authentication,
        "The access token was not accepted.",
        "It has expired, is for another resource, or is from an issuer that the route does not list.",
        "Get a new token with the resource of this URL; the agent's log gives the reason."
    );

    public static readonly Failure ProofInvalid = new(
        FailedHop.Agent,
        "agent.proof_invalid",
        401,
        ErrorTypes.Authentication,
        "The DPoP proof was not accepted.",
        "It is for another request or token, was used before, or the client's clock is off.",
        "Make a proof per request; the agent's log gives the reason."
    );

    public static readonly Failure AuthorizationMalformed = new(
        FailedHop.Agent,
        "agent.authorization_malformed",
        400,
        ErrorTypes.InvalidRequest,
        "The Authorization header is not one set of credentials.",
        "Two headers, or a token with characters that no token has.",
        "Send Authorization once: Bearer, a blank, the token."
    );

    public static readonly Failure TokenInQuery = new(
        FailedHop.Agent,
        "agent.token_in_query",
        400,
        ErrorTypes.InvalidRequest,
        "An access token must not be in a URL.",
        "The client sends access_token in the query.",
        "Send the token in the Authorization header, and replace the token: URLs are logged."
    );

    public static readonly Failure ScopeInsufficient = new(
        FailedHop.Agent,
        "agent.scope_insufficient",
        403,
        ErrorTypes.Permission,
        "The access token lacks a scope that this operation needs.",
        "The client requested less, or the user granted less.",
        "Get a token with the scopes that WWW-Authenticate names."
    );

    public static readonly Failure KeysUnavailable = new(
        FailedHop.Agent,
        "agent.keys_unavailable",
        503,
        ErrorTypes.Api,
        "Tokens cannot be checked at present.",
        "The issuer's keys were never fetched, or not for longer than keys_stale_for.",
        "Read the reason in the agent's log; check that its host reaches the issuer."
    )
    {
        RetryAfterSeconds = 1,
    };

    public static readonly Failure ProofsCrowded = new(
        FailedHop.Agent,
        "agent.proofs_crowded",
        503,
        "overloaded_error",
        "More DPoP proofs arrive than the agent can remember.",
        "A client sends far more requests than a minute should have.",
        "Retry after a moment."
    )
    {
        RetryAfterSeconds = 1,
    };
}
