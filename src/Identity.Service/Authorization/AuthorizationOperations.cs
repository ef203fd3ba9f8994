using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens;

namespace Culvert.Identity.Service.Authorization;

internal static class AuthorizationOperations
{
    private const string Root = "/oauth/{organization_id}";
    private const string WellKnown = "/.well-known/oauth-authorization-server";
    private const string OpenId = "/.well-known/openid-configuration";

    public static readonly Operation GetMetadata = Describe("get_organization_server_metadata", WellKnown + Root);

    public static readonly Operation GetAppendedMetadata = Describe(
        "get_organization_server_metadata_appended",
        Root + WellKnown
    );

    public static readonly Operation GetOpenIdMetadata = Describe(
        "get_organization_openid_configuration",
        OpenId + Root
    );

    public static readonly Operation GetAppendedOpenIdMetadata = Describe(
        "get_organization_openid_configuration_appended",
        Root + OpenId
    );

    public static readonly Operation Redeem = Operation
        .Post("redeem_person_grant", $"{Root}/token", Access.AnonymousOAuth)
        .Describe(
            "Get an access token for a person",
            "A public client redeems an authorization code with its PKCE verifier, a refresh token, which is replaced by "
                + "the one of the response, or an identity assertion of the identity provider (type oauth-id-jag+jwt). A "
                + "workload presents its own token as the assertion. The token is for one route. Using a code or an older "
                + "refresh token again ends the grant and revokes its tokens."
        )
        .AcceptsForm<PersonTokenForm>()
        .Returns<PersonTokenDocument>();

    public static readonly Operation Revoke = Operation
        .Post("revoke_person_grant", $"{Root}/revoke", Access.AnonymousOAuth)
        .Describe(
            "Revoke a person's refresh token",
            "Ends the grant of a refresh token and revokes its access tokens (RFC 7009). Any other token gets the same "
                + "answer."
        )
        .AcceptsForm<TokenFormRequest>()
        .Returns(StatusCodes.Status200OK);

    public static readonly Operation Register = Operation
        .Post("register_client", $"{Root}/register", Access.AnonymousRegistration)
        .Describe(
            "Register a client without an administrator",
            "A program registers itself (RFC 7591) as a public client with which people sign in to routes. Members that are not "
                + "listed have no effect. 404 while authorization.dynamic_registration.enabled is false."
        )
        .Accepts<ClientRegistrationRequest>()
        .Returns<ClientRegistrationDocument>(status: StatusCodes.Status201Created);

    private static Operation Describe(string id, string path) =>
        Operation
            .Get(id, path, Access.Anonymous)
            .Describe(
                "Get the metadata of an organization's authorization server",
                "Where people of the organization sign in to routes (RFC 8414). 404 while it is not enabled."
            )
            .Returns<OrganizationServerDocument>();
}
