using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Authorization;

/// <summary>Refusals of the organizations' authorization servers. Their OAuth errors are those of RFC 6749.</summary>
internal static class AuthorizationErrors
{
    /// <summary>The same answer to every code and refresh token that is not accepted.</summary>
    public static readonly ErrorCode InvalidGrant = new(
        "authorization.invalid_grant",
        400,
        "The code or refresh token is not accepted.",
        "It expired, was used before, was revoked, or belongs to another client, key or redirect URI; or no rule grants "
            + "access any more. The response does not say which.",
        "Sign in again; look up the denial in the audit log by its request_id."
    )
    {
        OAuthError = "invalid_grant",
    };

    public static readonly ErrorCode InvalidRequest = new(
        "authorization.invalid_request",
        400,
        "The authorization request is malformed.",
        "A parameter is missing, repeated or malformed.",
        "Correct the parameter that the message names."
    )
    {
        OAuthError = "invalid_request",
    };

    public static readonly ErrorCode InvalidScope = new(
        "authorization.invalid_scope",
        400,
        "The requested scope is not available.",
        "A refresh may only narrow the scope that the person allowed.",
        "Request fewer scopes, or sign in again."
    )
    {
        OAuthError = "invalid_scope",
    };

    public static readonly ErrorCode InvalidTarget = new(
        "authorization.invalid_target",
        400,
        "The requested resource is not available.",
        "The resource is not the route that the person allowed, or no rule for people names its tunnel.",
        "Send the URL of the route as resource, exactly as its metadata has it."
    )
    {
        OAuthError = "invalid_target",
    };

    public static readonly ErrorCode UnsupportedGrantType = new(
        "authorization.unsupported_grant_type",
        400,
        "The grant type is not supported.",
        "grant_type is neither authorization_code nor refresh_token nor urn:ietf:params:oauth:grant-type:jwt-bearer.",
        "Use one of these three."
    )
    {
        OAuthError = "unsupported_grant_type",
    };

    public static readonly ErrorCode UnsupportedResponseType = new(
        "authorization.unsupported_response_type",
        400,
        "The response type is not supported.",
        "response_type is not code.",
        "Use response_type=code with PKCE."
    )
    {
        OAuthError = "unsupported_response_type",
    };

    public static readonly ErrorCode AccessDenied = new(
        "authorization.access_denied",
        403,
        "Access was denied.",
        "The person did not sign in, denied the request, or no rule for people grants access to the route.",
        "Ask an administrator of the organization for a rule; the audit log has the reason."
    )
    {
        OAuthError = "access_denied",
    };

    public static readonly ErrorCode RedirectUri = new(
        "authorization.redirect_uri",
        400,
        "The redirect URI is not registered for this client.",
        "redirect_uri is missing, or differs from each registered one.",
        "Register the redirect URI, or correct it in the client."
    );

    public static readonly ErrorCode Consent = new(
        "authorization.consent",
        400,
        "This sign-in is not the one that your browser began.",
        "It took longer than ten minutes, the page was answered before, or another page sent the form.",
        "Start again in the program that opened this page."
    );
}
