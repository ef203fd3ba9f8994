using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Scim;

/// <summary>Reads bodies and conditions of requests, and writes resources.</summary>
internal static class ScimRequests
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public static async ValueTask<Result<JsonObject>> ReadBodyAsync(
        ApiRequest request,
        int maxBytes,
        CancellationToken cancellationToken
    )
    {
        if (await RequestBody.ReadBytesAsync(request.Http, maxBytes, cancellationToken) is not { } bytes)
        {
            return RequestErrors.TooLarge.Refuse($"The body is larger than {maxBytes} bytes.");
        }

        if (!RequestBody.IsScim(request.Http.Request))
        {
            return RequestErrors.MediaType.Refuse($"Send the body as {ScimErrorBody.MediaType}.");
        }

        if (!IsReadable(bytes))
        {
            return RequestErrors.Invalid.Refuse("body: is not valid JSON, or has a member twice.");
        }

        if (!RequestBody.Parse(bytes, ScimJson.Default.JsonNode).TryGet(out var node, out var refusal))
        {
            return refusal;
        }

        return node is JsonObject body ? body : RequestErrors.Invalid.Refuse("body: a JSON object is required.");
    }

    /// <summary>RFC 9110 §13.1.1, with the weak comparison that RFC 7644 §3.14 uses; null = the change may be made.</summary>
    public static Refusal? CheckIfMatch(ApiRequest request, ScimResource resource) =>
        FindTags(request.Http.Request.Headers.IfMatch) is { Length: > 0 } tags && !Matches(tags, resource)
            ? ScimErrors.Version.Refuse()
            : null;

    /// <summary>RFC 9110 §13.1.2.</summary>
    public static bool IsKnown(ApiRequest request, ScimResource resource) =>
        Matches(FindTags(request.Http.Request.Headers.IfNoneMatch), resource);

    public static ApiAnswer Answer(JsonObject document, int status = StatusCodes.Status200OK) =>
        ApiAnswer.Raw(
            JsonSerializer.SerializeToUtf8Bytes(document, ScimJson.Default.JsonNode),
            ScimErrorBody.MediaType,
            status
        );

    private static bool Matches(string[] tags, ScimResource resource) =>
        tags.Any(tag => tag == "*" || tag == resource.ETag || "W/" + tag == resource.ETag);

    private static string[] FindTags(string? header) =>
        header?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    // Half a surrogate pair, invalid UTF-8 or a member that appears twice would fail only where it is read.
    private static bool IsReadable(byte[] utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                {
                    _ = reader.GetString();
                }
            }

            JsonDocument.Parse(utf8, Strict).Dispose();
            return true;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
