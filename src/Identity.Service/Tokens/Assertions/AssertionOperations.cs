using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens.Metadata;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.Assertions;

internal static class AssertionOperations
{
    private const string Issuer = "/oauth/{organization_id}/upstreams";

    public static readonly Operation GetConfiguration = Operation
        .Get("get_upstream_issuer_configuration", $"{Issuer}/.well-known/openid-configuration", Access.Anonymous)
        .Describe(
            "Get the metadata of the issuer of upstream assertions",
            "The metadata of OpenID Connect Discovery for the issuer of an organization's assertions, which upstream "
                + "authorization servers and clouds accept as a federated credential. It is the same for every id of the "
                + "right form."
        )
        .Returns<UpstreamIssuerDocument>();

    public static readonly Operation GetKeySet = Operation
        .Get("get_upstream_issuer_keys", $"{Issuer}/jwks", Access.Anonymous)
        .Describe(
            "Get the keys that verify upstream assertions",
            "The JSON Web Key Set of RFC 7517. A new key is published long before it signs. The set is empty until the "
                + "first assertion of the installation was issued."
        )
        .Returns<KeySetDocument>("application/jwk-set+json")
        .Returns(StatusCodes.Status304NotModified);

    public static readonly Operation Issue = Operation
        .Post("issue_upstream_assertion", "/v1/agent/assertions", Access.Agent)
        .Describe(
            "Issue an assertion for an upstream",
            "A JWT of five minutes that proves a route of the agent's tunnel to an upstream authorization server (RFC 7523) "
                + "or cloud. The tunnel's assertion_audiences must contain the audience."
        )
        .Accepts<UpstreamAssertionRequest>()
        .Returns<UpstreamAssertion>();
}
