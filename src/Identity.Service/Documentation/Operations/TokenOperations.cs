using Culvert.Identity.Service.Documentation.Shapes;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens.Issued;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Documentation.Operations;

internal static class TokenOperations
{
    public static void Describe(OperationTable table)
    {
        table
            .Add(
                "GET /.well-known/oauth-authorization-server",
                "get_authorization_server_metadata",
                "Get the authorization server metadata",
                "The metadata of RFC 8414: the issuer identifier, the endpoints and what they support. Clients "
                    + "may cache the response for five minutes; send If-None-Match to get 304 when nothing has changed."
            )
            .Answers<AuthorizationServerDocument>()
            .Answers(StatusCodes.Status304NotModified);
        table
            .Add(
                "GET /.well-known/openid-configuration",
                "get_openid_configuration",
                "Get the metadata under its OpenID Connect name",
                "The same document as the authorization server metadata, for clients that know only the path of "
                    + "OpenID Connect Discovery."
            )
            .Answers<AuthorizationServerDocument>()
            .Answers(StatusCodes.Status304NotModified);
        table
            .Add(
                "GET /.well-known/oauth-protected-resource",
                "get_protected_resource_metadata",
                "Get the metadata of this API as a protected resource",
                "The metadata of RFC 9728: the authorization server that issues tokens for this API and the scopes "
                    + "there are."
            )
            .Answers<ProtectedResourceDocument>()
            .Answers(StatusCodes.Status304NotModified);
        table
            .Add(
                "GET /v1/oauth/jwks",
                "get_signing_key_set",
                "Get the keys that verify access tokens",
                "The JSON Web Key Set of RFC 7517. A new key is published long before it signs, so a copy that is "
                    + "five minutes old always has the key of a valid token."
            )
            .Answers<KeySetDocument>("application/jwk-set+json")
            .Answers(StatusCodes.Status304NotModified);
        table
            .Add(
                "POST /v1/sign_in",
                "sign_in",
                "Sign in as a person",
                "A person at the command line gets a token with the roles that `sign_in.roles` maps, for 15 minutes. The "
                    + "id_token is one of the client `sign_in.command_line_client_id`, at most five minutes old, and good "
                    + "for one sign-in. The request needs a DPoP proof (RFC 9449), and the token is bound to its key."
            )
            .Takes<PersonSignInRequest>()
            .Answers<TokenResponse>();
        table
            .Add(
                "POST /v1/oauth/token",
                "exchange_token",
                "Exchange an identity token for an access token",
                "The service checks the assertion against the issuer and the federation rule that it names and "
                    + "returns an access token with the scopes of the rule. All denials are identical for the caller; "
                    + "the reason is in the authentication history. The body is JSON, or a form of RFC 7523 (jwt- "
                    + "bearer) or RFC 8693 (token exchange)."
            )
            .TakesJsonOrForm<TokenRequest>()
            .RefusesAsOAuth()
            .Answers<AccessTokenDocument>();
        table
            .Add(
                "POST /v1/oauth/revoke",
                "revoke_token",
                "Revoke an access token",
                "The form of RFC 7009. Any holder of a token can revoke it. The response is the same for a token "
                    + "that is unknown, expired or already revoked."
            )
            .TakesForm<TokenFormRequest>()
            .RefusesAsOAuth()
            .Answers(StatusCodes.Status200OK);
        table
            .Add(
                "POST /v1/oauth/introspect",
                "introspect_token",
                "Introspect an access token",
                "The form of RFC 7662. Administrators of the token's organization and the service account of the "
                    + "token see its claims; every other caller gets active: false."
            )
            .TakesForm<TokenFormRequest>()
            .RefusesAsOAuth()
            .Answers<IntrospectionDocument>();
        table
            .Add(
                "GET /v1/oauth/errors/{error}",
                "get_oauth_error_page",
                "Get the meaning of an OAuth error",
                "The page that error_uri of an OAuth error points to: plain text with the meaning, the usual "
                    + "cause and the next step."
            )
            .Answers<string>("text/plain");
        table
            .Add(
                "POST /v1/oauth/revocations",
                "create_token_revocation",
                "Revoke access tokens",
                "Revokes one token, a token family, or all tokens of a rule, an issuer, a service account or a "
                    + "subject. Agents, edges and the other nodes apply it within five seconds."
            )
            .Takes<CreateRevocationRequest>()
            .Answers<Tokens.Revocations.RevocationDocument>();
        table
            .Add(
                "GET /v1/oauth/revocations",
                "list_token_revocations",
                "List token revocations",
                "The organization's revocations, newest first. A revocation disappears when every token that it "
                    + "covers has expired."
            )
            .Paged()
            .Answers<Page<RevocationDocument>>();
        table
            .Add(
                "GET /v1/oauth/revocations/{id}",
                "get_token_revocation",
                "Get a token revocation",
                "One revocation with its kind, its value and the time until which it is needed."
            )
            .Answers<Tokens.Revocations.RevocationDocument>();
        table
            .Add(
                "GET /v1/tokens",
                "list_issued_tokens",
                "List issued access tokens",
                "The unexpired access tokens of one service account, selected by the query parameter principal. "
                    + "The response contains the identifiers and claims of each token, never the token."
            )
            .Paged("principal")
            .Answers<Page<IssuedTokenDocument>>();
        table
            .Add(
                "GET /v1/oauth/signing_keys",
                "list_signing_keys",
                "List the signing keys",
                "The keys that sign access tokens, with their state and the times of the next steps of the "
                    + "rotation."
            )
            .Answers<Page<SigningKeyDocument>>();
        table
            .Add(
                "POST /v1/oauth/signing_keys/rotate",
                "rotate_signing_key",
                "Rotate the signing key",
                "Creates the next signing key and activates it. With compromised_key_id the named key stops "
                    + "verifying immediately and its tokens are no longer valid."
            )
            .MayTake<RotateSigningKeyRequest>()
            .Answers<Page<SigningKeyDocument>>();
    }
}
