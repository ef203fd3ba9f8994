using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens.SigningKeys;

namespace Culvert.Identity.Service.Tokens.Metadata;

/// <summary>
/// The documents that clients and resource servers need to use and verify tokens: RFC 8414 metadata (also under the
/// name of OpenID Connect Discovery, for clients that know no other), RFC 9728 metadata of the service's own API,
/// its configuration as a transmitter of security events, and the key set.
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
    public const string Cached = "public, max-age=300, stale-while-revalidate=300";

    private readonly CachedDocument metadata = new(
        JsonSerializer.SerializeToUtf8Bytes(
            AuthorizationServerDocument.Create(identity.PublicUrl),
            TokensJson.Default.AuthorizationServerDocument
        )
    );

    private readonly CachedDocument resource = new(
        JsonSerializer.SerializeToUtf8Bytes(
            ProtectedResourceDocument.Create(identity.PublicUrl),
            TokensJson.Default.ProtectedResourceDocument
        )
    );

    public ValueTask<ApiAnswer> MetadataAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Answer(request, metadata, "application/json");

    public ValueTask<ApiAnswer> ResourceAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Answer(request, resource, "application/json");

    /// <summary>The same for every id of the right form, so that it does not show which organizations there are.</summary>
    public ValueTask<ApiAnswer> TransmitterAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (FindOrganizationId(request) is not { } organizationId)
        {
            return new(RequestErrors.NotFound.Refuse());
        }

        request.Http.Response.Headers.CacheControl = Cached;
        return new(
            ApiAnswer.Json(
                TransmitterDocument.Create(identity.PublicUrl, organizationId),
                TokensJson.Default.TransmitterDocument
            )
        );
    }

    public ValueTask<ApiAnswer> KeySetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        // RFC 7517 §8.5.
        AnswerKeys(request);

    // Clients in browsers verify tokens too; the answer is public and the request has no cookie.
    private ValueTask<ApiAnswer> AnswerKeys(ApiRequest request)
    {
        request.Http.Response.Headers.AccessControlAllowOrigin = "*";
        return Answer(request, keys.Current.Document, "application/jwk-set+json");
    }

    /// <summary>The organization in the path; null if it has not the form of an id.</summary>
    public static string? FindOrganizationId(ApiRequest request) =>
        request.Route("organization_id") is var id
        && Guid.TryParseExact(id, "D", out var parsed)
        && parsed.ToString("D") == id
            ? id
            : null;

    public static ValueTask<ApiAnswer> Answer(ApiRequest request, CachedDocument document, string contentType)
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
}
