using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens.Metadata;

/// <summary>RFC 8414 §2.</summary>
[SchemaOnly]
internal sealed record AuthorizationServerDocument
{
    public required string Issuer { get; init; }

    public required string TokenEndpoint { get; init; }

    public required string JwksUri { get; init; }

    public required string IntrospectionEndpoint { get; init; }

    public required string RevocationEndpoint { get; init; }

    public required IReadOnlyList<string> GrantTypesSupported { get; init; }

    public required IReadOnlyList<string> TokenEndpointAuthMethodsSupported { get; init; }

    public required IReadOnlyList<string> RevocationEndpointAuthMethodsSupported { get; init; }

    public required IReadOnlyList<string> IntrospectionEndpointAuthMethodsSupported { get; init; }

    public required IReadOnlyList<string> ScopesSupported { get; init; }

    public required IReadOnlyList<string> ResponseTypesSupported { get; init; }

    public required IReadOnlyList<string> SubjectTypesSupported { get; init; }

    public required IReadOnlyList<string> IdTokenSigningAlgValuesSupported { get; init; }

    public required IReadOnlyList<string> DpopSigningAlgValuesSupported { get; init; }

    public required bool TlsClientCertificateBoundAccessTokens { get; init; }

    public required IReadOnlyList<string> ProtectedResources { get; init; }

    public required IReadOnlyList<string> CulvertSubjectTokenTypesSupported { get; init; }

    public required int CulvertMaxAssertionBytes { get; init; }
}
