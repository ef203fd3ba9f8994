using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens.Metadata;

/// <summary>RFC 9728 §2.</summary>
[SchemaOnly]
internal sealed record ProtectedResourceDocument
{
    public required string Resource { get; init; }

    public required IReadOnlyList<string> AuthorizationServers { get; init; }

    public required string JwksUri { get; init; }

    public required IReadOnlyList<string> ScopesSupported { get; init; }

    public required IReadOnlyList<string> BearerMethodsSupported { get; init; }

    public required bool TlsClientCertificateBoundAccessTokens { get; init; }

    public required IReadOnlyList<string> DpopSigningAlgValuesSupported { get; init; }

    public required bool DpopBoundAccessTokensRequired { get; init; }
}
