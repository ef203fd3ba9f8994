namespace Culvert.Identity.Service.Tokens.Assertions;

/// <summary>OpenID Connect Discovery 1.0 §3: the required members that apply to an issuer without sign-in.</summary>
internal sealed record UpstreamIssuerDocument(
    string Issuer,
    string JwksUri,
    IReadOnlyList<string> ResponseTypesSupported,
    IReadOnlyList<string> SubjectTypesSupported,
    IReadOnlyList<string> IdTokenSigningAlgValuesSupported,
    IReadOnlyList<string> ClaimsSupported
)
{
    public static UpstreamIssuerDocument Create(string publicUrl, string organizationId) =>
        new(
            Issuer: OrganizationIssuer.GetUpstreamsUrl(publicUrl, organizationId),
            JwksUri: OrganizationIssuer.GetUpstreamsKeySetUrl(publicUrl, organizationId),
            // There is no sign-in here, but clouds require the member.
            ResponseTypesSupported: ["id_token"],
            SubjectTypesSupported: ["public"],
            IdTokenSigningAlgValuesSupported: ["RS256"],
            ClaimsSupported: ["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "tunnel_id", "route"]
        );
}
