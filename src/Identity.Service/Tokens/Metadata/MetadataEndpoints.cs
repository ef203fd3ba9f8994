using System.Buffers;
using System.Text.Json;
using Culvert.Identity.Service.Federation.Exchange;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tokens.SigningKeys;

namespace Culvert.Identity.Service.Tokens.Metadata;

/// <summary>What others need in order to use and verify our tokens: RFC 8414 metadata and our key set.</summary>
internal sealed class MetadataEndpoints(SigningKeyRing keys, ServiceOptions options)
{
    public const string MetadataPath = "/.well-known/oauth-authorization-server";
    public const string KeySetPath = "/v1/oauth/jwks";
    public const string TokenPath = "/v1/oauth/token";

    // Keys are published long before they sign, so that a copy of this age always knows the signing one.
    private const string Cached = "public, max-age=300";

    private readonly ReadOnlyMemory<byte> metadata = Render(options.PublicUrl);

    public ValueTask<ApiAnswer> MetadataAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Answer(request, metadata, "application/json");

    public ValueTask<ApiAnswer> KeySetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        // RFC 7517 §8.5.
        Answer(request, keys.Current.Document, "application/jwk-set+json");

    private static ValueTask<ApiAnswer> Answer(ApiRequest request, ReadOnlyMemory<byte> body, string contentType)
    {
        request.Http.Response.Headers.CacheControl = Cached;
        return new(ApiAnswer.Raw(body, contentType));
    }

    // RFC 8414 §2.
    private static ReadOnlyMemory<byte> Render(string publicUrl)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("issuer", publicUrl);
        json.WriteString("token_endpoint", publicUrl + TokenPath);
        json.WriteString("jwks_uri", publicUrl + KeySetPath);
        WriteList(json, "grant_types_supported", ExchangeRequestReader.JwtBearer);
        WriteList(json, "token_endpoint_auth_methods_supported", "none");
        WriteList(json, "scopes_supported", [.. Scopes.All]);
        // Required member; there is no authorization endpoint.
        WriteList(json, "response_types_supported");
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteList(Utf8JsonWriter json, string name, params ReadOnlySpan<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
