using System.Buffers;
using System.Text.Json;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
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

    private static readonly byte[] Inactive = """{"active":false}"""u8.ToArray();

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

        return ApiAnswer.Raw(
            verified.Error is null
            && MayLearn(request.Caller, verified.Claims)
            && verifier.FindLiveRule(verified.Claims) is { } rule
                ? Render(verified.Claims, ScopesNow(verified.Claims, rule))
                : Inactive,
            "application/json"
        );
    }

    private static bool MayLearn(Caller caller, in AccessTokenClaims claims) =>
        caller.OrganizationId == claims.Organization
        && (caller.Has(Scopes.OrganizationAdmin) || caller.ServiceAccountId == claims.Subject);

    // Without the scopes that the rule no longer grants: the token cannot use them.
    private static string ScopesNow(in AccessTokenClaims claims, CompiledRule rule) =>
        string.Join(' ', claims.Scope.Split(' ').Where(rule.GrantedIn(claims.Workspace!).Set.Contains));

    // RFC 7662 §2.2, RFC 8693 §§4.1 and 4.4, RFC 9449 §6.2, and the service's own claims under their own names.
    private static ReadOnlyMemory<byte> Render(in AccessTokenClaims claims, string scopes)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteBoolean("active"u8, true);
        json.WriteString("token_type"u8, claims.Confirmation.KeyThumbprint is null ? "Bearer"u8 : "DPoP"u8);
        json.WriteString("iss"u8, claims.Issuer);
        json.WriteString("sub"u8, claims.Subject);
        json.WriteString("aud"u8, claims.Audience);
        json.WriteString("client_id"u8, claims.ClientId);
        json.WriteNumber("iat"u8, claims.IssuedAt);
        if (claims.NotBefore is { } notBefore)
        {
            json.WriteNumber("nbf"u8, notBefore);
        }

        json.WriteNumber("exp"u8, claims.ExpiresAt);
        json.WriteString("jti"u8, claims.TokenId);
        json.WriteString("scope"u8, scopes);
        json.WriteString("rule"u8, claims.Rule);
        json.WriteNumber("rule_ver"u8, claims.RuleVersion);
        json.WriteString("organization"u8, claims.Organization);
        json.WriteOptional("workspace", claims.Workspace);
        json.WriteOptional("family", claims.Family);
        if (!claims.Confirmation.IsNone)
        {
            json.WriteStartObject("cnf"u8);
            json.WriteOptional("jkt", claims.Confirmation.KeyThumbprint);
            json.WriteOptional("x5t#S256", claims.Confirmation.CertificateThumbprint);
            json.WriteEndObject();
        }

        if (claims.Source is { } source)
        {
            json.WriteStartObject("src"u8);
            json.WriteString("iss"u8, source.IssuerId);
            json.WriteString("sub"u8, source.SubjectHash);
            json.WriteOptional("jti", source.TokenIdHash);
            json.WriteNumber("root_exp"u8, source.RootExpiresAt);
            json.WriteEndObject();
        }

        WriteActor(json, claims.Actor);
        if (claims.MayAct is { } party)
        {
            json.WriteStartObject("may_act"u8);
            json.WriteOptional("iss", party.Issuer);
            json.WriteOptional("sub", party.Subject);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteActor(Utf8JsonWriter json, TokenActor? actor)
    {
        if (actor is null)
        {
            return;
        }

        json.WriteStartObject("act"u8);
        json.WriteString("sub"u8, actor.Subject);
        json.WriteOptional("iss", actor.Issuer);
        WriteActor(json, actor.Actor);
        json.WriteEndObject();
    }
}
