using System.Buffers;
using System.Text.Json;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens.Introspection;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Refusals;

namespace Culvert.Identity.Service.Tokens.Metadata;

/// <summary>
/// The documents that clients and resource servers need to use and verify tokens: RFC 8414 metadata (also under the
/// name of OpenID Connect Discovery, for clients that know no other), RFC 9728 metadata of the service's own API, and
/// the key set.
/// </summary>
internal sealed class MetadataEndpoints(SigningKeyRing keys, ServiceIdentity identity)
{
    // The issuer identifier has no path (`public_url` may have none), so the path-insertion form of RFC 8414 §3.1 and
    // the appended form of OpenID Connect are the well-known paths themselves.
    public const string KeySetPath = "/v1/oauth/jwks";
    public const string TokenPath = "/v1/oauth/token";

    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    // Keys are published long before they sign, so that a copy of this age always contains the signing key. Both
    // together are SigningKeyPlan.CacheLife.
    private const string Cached = "public, max-age=300, stale-while-revalidate=300";

    private readonly CachedDocument metadata = new(RenderServer(identity.PublicUrl));
    private readonly CachedDocument resource = new(RenderResource(identity.PublicUrl));

    public ValueTask<ApiAnswer> MetadataAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Answer(request, metadata, "application/json");

    public ValueTask<ApiAnswer> ResourceAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Answer(request, resource, "application/json");

    public ValueTask<ApiAnswer> KeySetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        // RFC 7517 §8.5.
        Answer(request, keys.Current.Document, "application/jwk-set+json");

    private static ValueTask<ApiAnswer> Answer(ApiRequest request, CachedDocument document, string contentType)
    {
        var headers = request.Http.Response.Headers;
        headers.CacheControl = Cached;
        headers.ETag = document.Tag;
        return new(
            Has(request.Http.Request.Headers.IfNoneMatch, document.Tag)
                ? ApiAnswer.NotModified
                : ApiAnswer.Raw(document.Body, contentType)
        );
    }

    // RFC 9110 §13.1.2: a list, compared weakly; `*` matches any representation.
    private static bool Has(IEnumerable<string?> header, string tag) =>
        header
            .SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries))
            .Any(candidate => candidate == "*" || candidate == tag || candidate == "W/" + tag);

    // RFC 8414 §2, RFC 9449 §5.1, RFC 8705 §3.3.
    private static ReadOnlyMemory<byte> RenderServer(string publicUrl)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("issuer", publicUrl);
        json.WriteString("token_endpoint", publicUrl + TokenPath);
        json.WriteString("jwks_uri", publicUrl + KeySetPath);
        json.WriteString("introspection_endpoint", publicUrl + IntrospectionEndpoint.Path);
        json.WriteString("revocation_endpoint", publicUrl + RevokeEndpoint.Path);
        WriteList(json, "grant_types_supported", JwtBearer, "urn:ietf:params:oauth:grant-type:token-exchange");
        // Workloads authenticate with the assertion; no client has a secret here.
        WriteList(json, "token_endpoint_auth_methods_supported", "none");
        WriteList(json, "revocation_endpoint_auth_methods_supported", "none");
        // RFC 8414 §2 allows access token types here: the caller's own token, or an admin key.
        WriteList(json, "introspection_endpoint_auth_methods_supported", "Bearer", "DPoP");
        WriteList(json, "scopes_supported", [.. Scopes.All]);
        // Required member; there is no authorization endpoint.
        WriteList(json, "response_types_supported");
        // OpenID Connect Discovery requires these members: no ID tokens are issued, subjects are public.
        WriteList(json, "subject_types_supported", "public");
        WriteList(json, "id_token_signing_alg_values_supported", "ES256");
        WriteList(json, "dpop_signing_alg_values_supported", Challenges.ProofAlgorithms.Split(' '));
        json.WriteBoolean("tls_client_certificate_bound_access_tokens", true);
        WriteList(json, "protected_resources", publicUrl);
        WriteList(
            json,
            "culvert_subject_token_types_supported",
            "urn:ietf:params:oauth:token-type:jwt",
            "urn:ietf:params:oauth:token-type:id_token",
            "urn:ietf:params:oauth:token-type:access_token"
        );
        json.WriteNumber("culvert_max_assertion_bytes", JoseLimits.MaxTokenBytes);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    // RFC 9728 §2.
    private static ReadOnlyMemory<byte> RenderResource(string publicUrl)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("resource", publicUrl);
        WriteList(json, "authorization_servers", publicUrl);
        json.WriteString("jwks_uri", publicUrl + KeySetPath);
        WriteList(json, "scopes_supported", [.. Scopes.All]);
        WriteList(json, "bearer_methods_supported", "header");
        json.WriteBoolean("tls_client_certificate_bound_access_tokens", true);
        WriteList(json, "dpop_signing_alg_values_supported", Challenges.ProofAlgorithms.Split(' '));
        json.WriteBoolean("dpop_bound_access_tokens_required", false);
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
