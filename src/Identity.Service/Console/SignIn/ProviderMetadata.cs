using System.Text.Json;
using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>What the provider's discovery document says, as far as signing in needs it.</summary>
internal sealed record ProviderMetadata
{
    public required string AuthorizationEndpoint { get; init; }

    public required string TokenEndpoint { get; init; }

    public required string KeySetUrl { get; init; }

    /// <summary>Its answers name it (RFC 9207): one that does not is somebody else's.</summary>
    public required bool NamesItself { get; init; }

    /// <summary>It takes the client's secret in the body alone.</summary>
    public required bool WantsSecretInBody { get; init; }

    /// <summary>Null when the document is another issuer's, or lacks what is needed.</summary>
    public static ProviderMetadata? Read(ReadOnlyMemory<byte> json, string issuer)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = document.RootElement;
            return
                root.ValueKind == JsonValueKind.Object
                && TextOf(root, "issuer") == issuer
                && UrlOf(root, "authorization_endpoint") is { } authorization
                && UrlOf(root, "token_endpoint") is { } token
                && UrlOf(root, "jwks_uri") is { } keys
                ? new ProviderMetadata
                {
                    AuthorizationEndpoint = authorization,
                    TokenEndpoint = token,
                    KeySetUrl = keys,
                    NamesItself =
                        root.TryGetProperty("authorization_response_iss_parameter_supported", out var named)
                        && named.ValueKind == JsonValueKind.True,
                    WantsSecretInBody = TakesSecretInBodyOnly(root),
                }
                : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // Basic is what a document that says nothing means (OpenID Connect Discovery §3).
    private static bool TakesSecretInBodyOnly(JsonElement root)
    {
        if (
            !root.TryGetProperty("token_endpoint_auth_methods_supported", out var methods)
            || methods.ValueKind != JsonValueKind.Array
        )
        {
            return false;
        }

        var names = methods.EnumerateArray().Select(method => method.ToString()).ToList();
        return !names.Contains("client_secret_basic") && names.Contains("client_secret_post");
    }

    private static string? UrlOf(JsonElement root, string name) =>
        TextOf(root, name) is { } text && SafeFetcher.TryParseUrl(text, out _) ? text : null;

    private static string? TextOf(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
