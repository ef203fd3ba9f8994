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

    /// <summary>Parses a document that was already fetched. A document that is not an object has no members.</summary>
    /// <exception cref="JsonException">The document is not JSON, or its JSON is ambiguous.</exception>
    public static IssuerMetadata Read(ReadOnlyMemory<byte> document)
    {
        var json = StrictJson.Parse(document, MaxDepth);
        return new IssuerMetadata { Json = json.ValueKind == JsonValueKind.Object ? json : null };
    }

    protected override Task InitializeAsync(object? initializationData = null) => Task.CompletedTask;
}
