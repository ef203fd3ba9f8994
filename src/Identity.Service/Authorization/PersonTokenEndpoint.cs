using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens;
using Culvert.Identity.Service.Tokens.Binding;

namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// <c>POST /oauth/{organization_id}/token</c> and <c>/revoke</c> (RFC 6749 §3.2, RFC 7009) for public clients and workloads.
/// </summary>
internal sealed class PersonTokenEndpoint(
    AuthorizationServer server,
    PersonTokens tokens,
    AssertionGrants assertions,
    RefreshGrantStore grants,
    GrantEnder ender,
    RequestBinding binding,
    ExchangeLimits limits
)
{
    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        CrossOrigin.Allow(request.Http);
        if (limits.TryTake() is { } limited)
        {
            return limited;
        }

        var organizationId = request.Route("organization_id");
        if (!await server.IsOfferedAsync(organizationId, cancellationToken))
        {
            return RequestErrors.NotFound.Refuse();
        }

        // A code or token in a URL gets into logs.
        if (request.Http.Request.QueryString.HasValue)
        {
            return AuthorizationErrors.InvalidRequest.Refuse("Parameters belong into the body, never into the URL.");
        }

        if (!RequestBody.IsForm(request.Http.Request))
        {
            return RequestErrors.MediaType.Refuse();
        }

        if (
            await RequestBody.ReadBytesAsync(request.Http, ExchangeFormReader.MaxBodyBytes, cancellationToken)
            is not { } body
        )
        {
            return RequestErrors.TooLarge.Refuse();
        }

        if (FormParameters.TryParse(body, "", out var form) is { } problem)
        {
            return AuthorizationErrors.InvalidRequest.Refuse(problem);
        }

        Result<PersonTokenDocument> result;
        if (form.Text("grant_type") == TokenGrants.JwtBearer)
        {
            result = ReadAssertion(request, organizationId, form).TryGet(out var asserted, out var unusable)
                ? await assertions.RedeemAsync(asserted, cancellationToken)
                : unusable;
        }
        else if (!Read(request, organizationId, form).TryGet(out var parsed, out var malformed))
        {
            return malformed;
        }
        else
        {
            result =
                form.Text("grant_type") == TokenGrants.AuthorizationCode
                    ? await tokens.RedeemCodeAsync(parsed, cancellationToken)
                    : await tokens.RefreshAsync(parsed, cancellationToken);
        }

        if (!result.TryGet(out var token, out var refusal))
        {
            return refusal;
        }

        request.Http.Response.Headers.Pragma = "no-cache";
        return ApiAnswer.Json(token, AuthorizationJson.Default.PersonTokenDocument);
    }

    /// <summary>Ends the grant of a refresh token. Any other token gets the same answer (RFC 7009 §2.2).</summary>
    public async ValueTask<ApiAnswer> RevokeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        CrossOrigin.Allow(request.Http);
        var organizationId = request.Route("organization_id");
        if (!await server.IsOfferedAsync(organizationId, cancellationToken))
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (!(await TokenForm.ReadAsync(request, cancellationToken)).TryGet(out var text, out var refusal))
        {
            return refusal;
        }

        return
            RefreshToken.TryParse(text, out var token)
            && await grants.FindAsync(organizationId, token.GrantId, cancellationToken) is { } grant
            && token.IsOf(grant)
            && await ender.RevokeAsync(request, grant, cancellationToken) is { } unavailable
            ? unavailable
            : ApiAnswer.Nothing;
    }

    private Result<PersonTokenRequest> Read(ApiRequest request, string organizationId, FormParameters form)
    {
        var type = form.Text("grant_type");
        if (type is null)
        {
            return AuthorizationErrors.InvalidRequest.Refuse("grant_type: required.");
        }

        if (type is not (TokenGrants.AuthorizationCode or TokenGrants.RefreshToken))
        {
            return AuthorizationErrors.UnsupportedGrantType.Refuse();
        }

        if (IsAuthenticated(request, form))
        {
            return ExchangeErrors.InvalidClient.Refuse();
        }

        if (form.Text("client_id") is not { } clientId)
        {
            return AuthorizationErrors.InvalidRequest.Refuse("client_id: required.");
        }

        var name = type == TokenGrants.AuthorizationCode ? "code" : "refresh_token";
        if (form.Text(name) is not { } credential)
        {
            return AuthorizationErrors.InvalidRequest.Refuse($"{name}: required.");
        }

        if (!RouteScopes.TryRead(form.Text("scope"), out var scopes))
        {
            return AuthorizationErrors.InvalidScope.Refuse();
        }

        var proven = binding.Prove(request.Http);
        return proven.Error != BindingError.None
            ? BindingRefusals.ToRefusal(proven.Error)
            : new PersonTokenRequest(request, organizationId, clientId, proven.Binding, credential)
            {
                RedirectUri = form.Text("redirect_uri"),
                Verifier = form.Text("code_verifier"),
                Resource = form.Text("resource") is { } resource ? TokenTargets.RemoveRootPath(resource) : null,
                Scopes = scopes,
            };
    }

    private Result<AssertionRequest> ReadAssertion(ApiRequest request, string organizationId, FormParameters form)
    {
        if (IsAuthenticated(request, form))
        {
            return ExchangeErrors.InvalidClient.Refuse();
        }

        if (ExchangeFormReader.CheckToken(form, "assertion") is { } unusable)
        {
            return unusable;
        }

        var resource = form.Text("resource");
        if (resource is not null && !TokenTargets.IsWellFormed(resource))
        {
            return AuthorizationErrors.InvalidTarget.Refuse("resource: the https URL of one route is required.");
        }

        if (!RouteScopes.TryRead(form.Text("scope"), out var scopes))
        {
            return AuthorizationErrors.InvalidScope.Refuse();
        }

        var proven = binding.Prove(request.Http);
        return proven.Error != BindingError.None
            ? BindingRefusals.ToRefusal(proven.Error)
            : new AssertionRequest(
                request,
                organizationId,
                form.Text("client_id"),
                proven.Binding,
                form.Bytes("assertion")
            )
            {
                Resource = resource,
                Scopes = scopes,
            };
    }

    // Clients have no secret here. An assertion is a grant, never also a client's credential.
    private static bool IsAuthenticated(ApiRequest request, FormParameters form) =>
        Credentials.AreMentioned(request.Http) || form.Count("client_secret") > 0 || form.Count("client_assertion") > 0;
}
