using System.Buffers.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.OAuthClients;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// Reads the query of an authorization request in two steps: 1. client and redirect URI, whose errors no redirect may
/// follow, 2. everything else.
/// </summary>
internal sealed class AuthorizationRequestReader(OAuthClients.OAuthClients clients)
{
    public const int MaxQueryLength = 8192;
    public const int MaxStateLength = 2048;

    // SHA-256 in base64url.
    private const int DigestLength = 43;

    public async ValueTask<Result<AuthorizationTarget>> ReadTargetAsync(
        string organizationId,
        string query,
        CancellationToken cancellationToken
    )
    {
        if (query.Length > MaxQueryLength)
        {
            return AuthorizationErrors.InvalidRequest.Refuse("The request is too long.");
        }

        var parameters = QueryHelpers.ParseQuery(query);
        if (FindSingle(parameters, "client_id") is not { } clientId)
        {
            return AuthorizationErrors.InvalidRequest.Refuse("client_id: required, once.");
        }

        if (
            !(await clients.FindAsync(organizationId, clientId, cancellationToken)).TryGet(
                out var client,
                out var refusal
            )
        )
        {
            return refusal;
        }

        return
            FindSingle(parameters, "redirect_uri") is { } redirectUri && RedirectUris.IsRegistered(client, redirectUri)
            ? new AuthorizationTarget(client, redirectUri, FindState(parameters), parameters)
            : AuthorizationErrors.RedirectUri.Refuse();
    }

    public static Result<AuthorizationRequest> Read(AuthorizationTarget target)
    {
        var parameters = target.Parameters;
        // RFC 6749 §3.1; RFC 8707 allows several resources, but a token here is for one.
        if (parameters.FirstOrDefault(one => one.Value.Count > 1).Key is { } repeated)
        {
            return AuthorizationErrors.InvalidRequest.Refuse($"{Name(repeated)}: appears twice.");
        }

        if (FindSingle(parameters, "response_type") is var type and not "code")
        {
            return type is null
                ? AuthorizationErrors.InvalidRequest.Refuse("response_type: required.")
                : AuthorizationErrors.UnsupportedResponseType.Refuse();
        }

        // Implicit grants and form posts do not exist here.
        if (FindSingle(parameters, "response_mode") is not (null or "query"))
        {
            return AuthorizationErrors.InvalidRequest.Refuse("response_mode: query is the only one.");
        }

        // The parameters of OpenID Connect §6 would hide others from the checks.
        if (parameters.ContainsKey("request") || parameters.ContainsKey("request_uri"))
        {
            return AuthorizationErrors.InvalidRequest.Refuse("request: not supported.");
        }

        // RFC 9700 §2.1.1: a missing method means plain, so it is refused too.
        if (
            FindSingle(parameters, "code_challenge_method") != "S256"
            || FindSingle(parameters, "code_challenge") is not { } challenge
            || !IsDigest(challenge)
        )
        {
            return AuthorizationErrors.InvalidRequest.Refuse("code_challenge: S256 is required.");
        }

        if (FindSingle(parameters, "resource") is not { } resource || !TokenTargets.IsWellFormed(resource))
        {
            return AuthorizationErrors.InvalidTarget.Refuse("resource: the https URL of one route is required.");
        }

        if (!RouteScopes.TryRead(FindSingle(parameters, "scope"), out var scopes))
        {
            return AuthorizationErrors.InvalidScope.Refuse("scope: malformed.");
        }

        if (FindSingle(parameters, "state") is { Length: > MaxStateLength })
        {
            return AuthorizationErrors.InvalidRequest.Refuse("state: too long.");
        }

        var key = FindSingle(parameters, "dpop_jkt");
        return key is not null && !IsDigest(key)
            ? AuthorizationErrors.InvalidRequest.Refuse("dpop_jkt: not a thumbprint.")
            : new AuthorizationRequest
            {
                ClientId = target.Client.ClientId,
                RedirectUri = target.RedirectUri,
                Challenge = challenge,
                Resource = TokenTargets.RemoveRootPath(resource),
                Scopes = scopes,
                State = target.State,
                KeyThumbprint = key,
            };
    }

    private static bool IsDigest(string text) => text.Length == DigestLength && Base64Url.IsValid(text);

    // A name that the client chose is not repeated in an answer.
    private static string Name(string parameter) =>
        parameter is "state" or "scope" or "resource" or "response_type" or "code_challenge" or "code_challenge_method"
            ? parameter
            : "a parameter";

    private static string? FindState(Dictionary<string, StringValues> parameters) =>
        FindSingle(parameters, "state") is { Length: <= MaxStateLength } state ? state : null;

    // RFC 6749 §3.1: a parameter without a value counts as absent.
    private static string? FindSingle(Dictionary<string, StringValues> parameters, string name) =>
        parameters.TryGetValue(name, out var values) && values is [{ Length: > 0 } value] ? value : null;
}
