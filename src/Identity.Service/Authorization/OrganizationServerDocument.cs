using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens.Metadata;

namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// RFC 8414 §2, RFC 9207 §3, RFC 9449 §5.1; the grant profiles are those of
/// draft-ietf-oauth-identity-assertion-authz-grant-04 §7.2.
/// </summary>
internal sealed record OrganizationServerDocument(
    string Issuer,
    string AuthorizationEndpoint,
    string TokenEndpoint,
    string RevocationEndpoint,
    string JwksUri,
    IReadOnlyList<string> ResponseTypesSupported,
    IReadOnlyList<string> ResponseModesSupported,
    IReadOnlyList<string> GrantTypesSupported,
    IReadOnlyList<string> AuthorizationGrantProfilesSupported,
    IReadOnlyList<string> CodeChallengeMethodsSupported,
    IReadOnlyList<string> TokenEndpointAuthMethodsSupported,
    IReadOnlyList<string> RevocationEndpointAuthMethodsSupported,
    bool AuthorizationResponseIssParameterSupported,
    bool ClientIdMetadataDocumentSupported,
    IReadOnlyList<string> DpopSigningAlgValuesSupported,
    IReadOnlyList<string> SubjectTypesSupported,
    IReadOnlyList<string> IdTokenSigningAlgValuesSupported
)
{
    /// <summary>Absent while clients cannot register themselves.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RegistrationEndpoint { get; init; }

    public static OrganizationServerDocument Create(string publicUrl, string issuer, bool canRegister) =>
        new(
            Issuer: issuer,
            AuthorizationEndpoint: $"{issuer}/authorize",
            TokenEndpoint: $"{issuer}/token",
            RevocationEndpoint: $"{issuer}/revoke",
            JwksUri: publicUrl + MetadataEndpoints.KeySetPath,
            ResponseTypesSupported: ["code"],
            ResponseModesSupported: ["query"],
            GrantTypesSupported: [TokenGrants.AuthorizationCode, TokenGrants.RefreshToken, TokenGrants.JwtBearer],
            AuthorizationGrantProfilesSupported: [IdentityAssertion.GrantProfile],
            CodeChallengeMethodsSupported: ["S256"],
            TokenEndpointAuthMethodsSupported: ["none"],
            RevocationEndpointAuthMethodsSupported: ["none"],
            AuthorizationResponseIssParameterSupported: true,
            ClientIdMetadataDocumentSupported: true,
            DpopSigningAlgValuesSupported: Challenges.ProofAlgorithms.Split(' '),
            // OpenID Connect Discovery requires these members; no ID tokens are issued.
            SubjectTypesSupported: ["public"],
            IdTokenSigningAlgValuesSupported: ["ES256"]
        )
        {
            RegistrationEndpoint = canRegister ? $"{issuer}/register" : null,
        };
}
