using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens.Metadata;

/// <summary>RFC 9728 §2.</summary>
internal sealed record ProtectedResourceDocument(
    string Resource,
    IReadOnlyList<string> AuthorizationServers,
    string JwksUri,
    IReadOnlyList<string> ScopesSupported,
    IReadOnlyList<string> BearerMethodsSupported,
    bool TlsClientCertificateBoundAccessTokens,
    IReadOnlyList<string> DpopSigningAlgValuesSupported,
    bool DpopBoundAccessTokensRequired
)
{
    public static ProtectedResourceDocument Create(string publicUrl) =>
        new(
            Resource: publicUrl,
            AuthorizationServers: [publicUrl],
            JwksUri: publicUrl + MetadataEndpoints.KeySetPath,
            ScopesSupported: [.. Scopes.All],
            BearerMethodsSupported: ["header"],
            TlsClientCertificateBoundAccessTokens: true,
            DpopSigningAlgValuesSupported: Challenges.ProofAlgorithms.Split(' '),
            DpopBoundAccessTokensRequired: false
        );
}
