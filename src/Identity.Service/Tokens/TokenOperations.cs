using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tokens.Introspection;
using Culvert.Identity.Service.Tokens.Issued;
using Culvert.Identity.Service.Tokens.Metadata;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tokens.SigningKeys;

namespace Culvert.Identity.Service.Tokens;

internal static class TokenOperations
{
    public static readonly Operation GetServerMetadata = Operation
        .Get("get_authorization_server_metadata", "/.well-known/oauth-authorization-server", Access.Anonymous)
        .Describe(
            "Get the authorization server metadata",
            "The metadata of RFC 8414: the issuer identifier, the endpoints and what they support. Clients may cache "
                + "the response for five minutes; send If-None-Match to get 304 when nothing has changed."
        )
        .Returns<AuthorizationServerDocument>()
        .Returns(StatusCodes.Status304NotModified);

    public static readonly Operation GetOpenIdConfiguration = Operation
        .Get("get_openid_configuration", "/.well-known/openid-configuration", Access.Anonymous)
        .Describe(
            "Get the metadata under its OpenID Connect name",
            "The same document as the authorization server metadata, for clients that know only the path of OpenID "
                + "Connect Discovery."
        )
        .Returns<AuthorizationServerDocument>()
        .Returns(StatusCodes.Status304NotModified);

    public static readonly Operation GetResourceMetadata = Operation
        .Get("get_protected_resource_metadata", "/.well-known/oauth-protected-resource", Access.Anonymous)
        .Describe(
            "Get the metadata of this API as a protected resource",
            "The metadata of RFC 9728: the authorization server that issues tokens for this API and the scopes there "
                + "are."
        )
        .Returns<ProtectedResourceDocument>()
        .Returns(StatusCodes.Status304NotModified);

    public static readonly Operation GetTransmitterConfiguration = Operation
        .Get(
            "get_transmitter_configuration",
            "/.well-known/ssf-configuration/oauth/{organization_id}",
            Access.Anonymous
        )
        .Describe(
            "Get the configuration of an organization's security events",
            "The transmitter configuration of OpenID Shared Signals Framework 1.0: the issuer and the key set of the "
                + "security event tokens that the organization's webhooks with the format security_event_token receive. "
                + "Streams are created as webhooks."
        )
        .Returns<TransmitterDocument>();

    public static readonly Operation GetKeySet = Operation
        .Get("get_signing_key_set", MetadataEndpoints.KeySetPath, Access.Anonymous)
        .Describe(
            "Get the keys that verify access tokens",
            "The JSON Web Key Set of RFC 7517. A new key is published long before it signs, so a copy that is five "
                + "minutes old always has the key of a valid token."
        )
        .Returns<KeySetDocument>("application/jwk-set+json")
        .Returns(StatusCodes.Status304NotModified);

    public static readonly Operation Revoke = Operation
        .Post("revoke_token", RevokeEndpoint.Path, Access.AnonymousOAuth)
        .Describe(
            "Revoke an access token",
            "The form of RFC 7009. Any holder of a token can revoke it. The response is the same for a token that is "
                + "unknown, expired or already revoked."
        )
        .AcceptsForm<TokenFormRequest>()
        .Returns(StatusCodes.Status200OK);

    public static readonly Operation Introspect = Operation
        .Post("introspect_token", IntrospectionEndpoint.Path, Access.AnyCredentialOAuth)
        .Describe(
            "Introspect an access token",
            "The form of RFC 7662. Administrators of the token's organization and the service account of the token "
                + "see its claims; every other caller gets active: false."
        )
        .AcceptsForm<TokenFormRequest>()
        .Returns<IntrospectionDocument>();

    public static readonly Operation CreateRevocation = Operation
        .Post("create_token_revocation", "/v1/oauth/revocations", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Revoke access tokens",
            "Revokes one token, a token family, or all tokens of a rule, an issuer, a service account or a subject. "
                + "Agents, edges and the other nodes apply it within five seconds."
        )
        .Accepts<CreateRevocationRequest>()
        .Returns<RevocationDocument>();

    public static readonly Operation ListRevocations = Operation
        .Get("list_token_revocations", "/v1/oauth/revocations", Access.OrganizationAdmin, RoleSet.Auditing)
        .Describe(
            "List token revocations",
            "The organization's revocations, newest first. A revocation disappears when every token that it covers "
                + "has expired."
        )
        .Paged()
        .Returns<Page<RevocationDocument>>();

    public static readonly Operation GetRevocation = Operation
        .Get("get_token_revocation", "/v1/oauth/revocations/{id}", Access.OrganizationAdmin, RoleSet.Auditing)
        .Describe(
            "Get a token revocation",
            "One revocation with its kind, its value and the time until which it is needed."
        )
        .Returns<RevocationDocument>();

    public static readonly Operation ListIssued = Operation
        .Get("list_issued_tokens", "/v1/tokens", Access.OrganizationAdmin, RoleSet.Auditing)
        .Describe(
            "List issued access tokens",
            "The unexpired access tokens of one service account, selected by the query parameter principal. The "
                + "response contains the identifiers and claims of each token, never the token."
        )
        .Paged("principal")
        .Returns<Page<IssuedTokenDocument>>();

    public static readonly Operation ListSigningKeys = Operation
        .Get("list_signing_keys", "/v1/oauth/signing_keys", Access.InstallationOperate)
        .Describe(
            "List the signing keys",
            "The keys that sign access tokens, with their state and the times of the next steps of the rotation."
        )
        .Returns<Page<SigningKeyDocument>>();

    public static readonly Operation RotateSigningKey = Operation
        .Post("rotate_signing_key", "/v1/oauth/signing_keys/rotate", Access.InstallationOperate)
        .Describe(
            "Rotate the signing key",
            "Creates the next signing key and activates it. With compromised_key_id the named key stops verifying "
                + "immediately and its tokens are no longer valid."
        )
        .MayTake<RotateSigningKeyRequest>()
        .Returns<Page<SigningKeyDocument>>();
}
