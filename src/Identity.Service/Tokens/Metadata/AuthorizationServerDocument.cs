using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Jose.Refusals;

namespace Culvert.Identity.Service.Tokens.Metadata;

/// <summary>RFC 8414 §2, RFC 9449 §5.1, RFC 8705 §3.3.</summary>
internal sealed record AuthorizationServerDocument(
    string Issuer,
    string TokenEndpoint,
    string JwksUri,
    string IntrospectionEndpoint,
    string RevocationEndpoint,
    IReadOnlyList<string> GrantTypesSupported,
    IReadOnlyList<string> TokenEndpointAuthMethodsSupported,
    IReadOnlyList<string> RevocationEndpointAuthMethodsSupported,
    IReadOnlyList<string> IntrospectionEndpointAuthMethodsSupported,
    IReadOnlyList<string> ScopesSupported,
    IReadOnlyList<string> ResponseTypesSupported,
    IReadOnlyList<string> SubjectTypesSupported,
    IReadOnlyList<string> IdTokenSigningAlgValuesSupported,
    IReadOnlyList<string> DpopSigningAlgValuesSupported,
    bool TlsClientCertificateBoundAccessTokens,
    IReadOnlyList<string> ProtectedResources,
    IReadOnlyList<string> CulvertSubjectTokenTypesSupported,
    int CulvertMaxAssertionBytes
)
{
    public static AuthorizationServerDocument Create(string publicUrl) =>
        new(
            Issuer: publicUrl,
            TokenEndpoint: publicUrl + MetadataEndpoints.TokenPath,
            JwksUri: publicUrl + MetadataEndpoints.KeySetPath,
            IntrospectionEndpoint: publicUrl + Introspection.IntrospectionEndpoint.Path,
            RevocationEndpoint: publicUrl + RevokeEndpoint.Path,
            GrantTypesSupported: [MetadataEndpoints.JwtBearer, "urn:ietf:params:oauth:grant-type:token-exchange"],
            // Workloads authenticate with the assertion; no client has a secret here.
            TokenEndpointAuthMethodsSupported: ["none"],
            RevocationEndpointAuthMethodsSupported: ["none"],
            // RFC 8414 §2 allows access token types here: the caller's own token, or an admin key.
            IntrospectionEndpointAuthMethodsSupported: ["Bearer", "DPoP"],
            ScopesSupported: [.. Scopes.All],
            // Required member; there is no authorization endpoint.
            ResponseTypesSupported: [],
            // OpenID Connect Discovery requires these members: no ID tokens are issued, subjects are public.
            SubjectTypesSupported: ["public"],
            IdTokenSigningAlgValuesSupported: ["ES256"],
            DpopSigningAlgValuesSupported: Challenges.ProofAlgorithms.Split(' '),
            TlsClientCertificateBoundAccessTokens: true,
            ProtectedResources: [publicUrl],
            CulvertSubjectTokenTypesSupported:
            [
                "urn:ietf:params:oauth:token-type:jwt",
                "urn:ietf:params:oauth:token-type:id_token",
                "urn:ietf:params:oauth:token-type:access_token",
            ],
            CulvertMaxAssertionBytes: JoseLimits.MaxTokenBytes
        );
}
