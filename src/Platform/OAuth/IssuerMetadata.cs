using System.Text.Json;
using Duende.IdentityModel.Client;

namespace Culvert.Platform.OAuth;

/// <summary>
/// An authorization server's metadata (RFC 8414 §2, OpenID Connect Discovery 1.0 §3) with the library's members but not
/// its validation, which ignores a slash at the issuer's end and fetches the key set unasked. The caller compares the
/// issuer and checks the URLs that it uses.
/// </summary>
public sealed class IssuerMetadata : DiscoveryDocumentResponse
{
    /// <summary>Discovery documents are flat except for lists and <c>mtls_endpoint_aliases</c>.</summary>
    public const int MaxDepth = 16;

    /// <summary>
    /// Where an issuer may have its metadata, in this order: RFC 8414 §3.1 (the path after the well-known part), the same for
    /// OpenID Connect (RFC 8414 §5), OpenID Connect Discovery 1.0 §4.1 (the path before it).
    /// </summary>
    public static IReadOnlyList<Uri> GetPlaces(Uri issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        var origin = issuer.GetLeftPart(UriPartial.Authority);
        var path = issuer.AbsolutePath.TrimEnd('/');
        string[] places =
        [
            $"{origin}/.well-known/oauth-authorization-server{path}",
            $"{origin}/.well-known/openid-configuration{path}",
            $"{origin}{path}/.well-known/openid-configuration",
        ];
        return [.. places.Distinct(StringComparer.Ordinal).Select(place => new Uri(place))];
    }

    /// <summary>Parses a document that was already fetched. A document that is not an object has no members.</summary>
    /// <exception cref="JsonException">The document is not JSON, or its JSON is ambiguous.</exception>
    public static IssuerMetadata Read(ReadOnlyMemory<byte> document)
    {
        var json = StrictJson.Parse(document, MaxDepth);
        return new IssuerMetadata { Json = json.ValueKind == JsonValueKind.Object ? json : null };
    }

    protected override Task InitializeAsync(object? initializationData = null) => Task.CompletedTask;
}
