using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens.Introspection;

/// <summary>
/// <c>POST /v1/oauth/introspect</c> (RFC 7662). An administrator of the token's organization and the service account of
/// the token get its claims. For all other callers, and for every other token, the answer is "not active" (§2.2): a
/// caller cannot distinguish a token of another organization from no token at all.
/// </summary>
internal sealed class IntrospectionEndpoint(AccessTokenVerifier verifier)
{
    public const string Path = "/v1/oauth/introspect";

    private static readonly IntrospectionDocument Inactive = new(Active: false);

    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await TokenForm.ReadAsync(request, cancellationToken)).TryGet(out var token, out var refusal))
        {
            return refusal;
        }

        var verified = verifier.Verify(token);
        if (verified.Error is { Status: StatusCodes.Status503ServiceUnavailable } unavailable)
        {
            return unavailable.Refuse();
        }

        return ApiAnswer.Json(
            verified.Error is null
            && MayLearn(request.Caller, verified.Claims)
            && verifier.FindLiveRule(verified.Claims) is { } rule
                ? IntrospectionDocument.From(verified.Claims, ScopesNow(verified.Claims, rule))
                : Inactive,
            IntrospectionJson.Default.IntrospectionDocument
        );
    }

    private static bool MayLearn(Caller caller, in AccessTokenClaims claims) =>
        caller.OrganizationId == claims.Organization
        && (caller.Has(Scopes.OrganizationAdmin) || caller.ServiceAccountId == claims.Subject);

    // Without the scopes that the rule no longer grants: the token cannot use them.
    private static string ScopesNow(in AccessTokenClaims claims, CompiledRule rule) =>
        string.Join(' ', claims.Scope.Split(' ').Where(rule.GrantedIn(claims.Workspace!).Set.Contains));
}
