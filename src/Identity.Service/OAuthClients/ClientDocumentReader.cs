using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>
/// Reads a client ID metadata document: names of RFC 7591 §2, and unknown members are ignored (§2). Only a public client of the
/// authorization code grant is accepted.
/// </summary>
internal static class ClientDocumentReader
{
    public const int MaxNameCharacters = 100;
    public const string ErrorDetail = "document_error";

    // Members of clients with a secret. The draft forbids them, because the document is public.
    private static readonly string[] SecretMembers = ["client_secret", "client_secret_expires_at"];

    public static Result<OAuthClient> Read(ReadOnlyMemory<byte> body, string clientId) =>
        ClientMetadata.Read<OAuthClient>(body, root => Read(root, clientId), malformed => Refuse("json", malformed));

    public static bool IsVisible(string name) =>
        name.Length is > 0 and <= MaxNameCharacters
        && name.Trim().Length == name.Length
        && !name.EnumerateRunes().Any(VisibleText.IsUnseen);

    private static Result<OAuthClient> Read(JsonElement root, string clientId)
    {
        // Otherwise the document of one client would be accepted as another's.
        if (ClientMetadata.FindText(root, "client_id") != clientId)
        {
            return Refuse("client_id", "its client_id is not its URL, byte for byte");
        }

        if (
            SecretMembers.Any(member => root.TryGetProperty(member, out _))
            || (
                root.TryGetProperty("token_endpoint_auth_method", out var method)
                && !(method.ValueKind == JsonValueKind.String && method.GetString() == "none")
            )
        )
        {
            return Refuse("token_endpoint_auth_method", "only a client without a secret is accepted");
        }

        if (!Includes(root, "grant_types", "authorization_code") || !Includes(root, "response_types", "code"))
        {
            return Refuse("grant_types", "it excludes the authorization code grant");
        }

        if (FindRedirectUris(root) is not { } redirectUris)
        {
            return Refuse("redirect_uris", $"1 to {RedirectUris.MaxCount} permitted redirect_uris are required");
        }

        var name = ClientDocumentUrls.FindHost(clientId)!;
        if (root.TryGetProperty("client_name", out var given))
        {
            if (given.ValueKind != JsonValueKind.String || given.GetString() is not { } text || !IsVisible(text))
            {
                return Refuse("client_name", $"client_name must have 1 to {MaxNameCharacters} visible characters");
            }

            name = text;
        }

        var isBound = false;
        if (root.TryGetProperty("dpop_bound_access_tokens", out var bound))
        {
            if (bound.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                return Refuse("dpop_bound_access_tokens", "dpop_bound_access_tokens must be true or false");
            }

            isBound = bound.GetBoolean();
        }

        return new OAuthClient(clientId, name, redirectUris, OAuthClientKind.Document)
        {
            // A logo is an ornament: an unusable one is ignored.
            LogoUri =
                ClientMetadata.FindText(root, "logo_uri") is { } logo && ClientDocumentUrls.FindHost(logo) is not null
                    ? logo
                    : null,
            RequiresDpop = isBound,
        };
    }

    private static List<string>? FindRedirectUris(JsonElement root)
    {
        if (
            !root.TryGetProperty("redirect_uris", out var list)
            || list.ValueKind != JsonValueKind.Array
            || list.GetArrayLength() is 0 or > RedirectUris.MaxCount
        )
        {
            return null;
        }

        List<string> uris = [];
        foreach (var one in list.EnumerateArray())
        {
            var uri = one.ValueKind == JsonValueKind.String ? one.GetString() : null;
            if (RedirectUris.Check(uri) is not null)
            {
                return null;
            }

            uris.Add(uri!);
        }

        return uris;
    }

    // Absent means the default of RFC 7591 §2, which is the authorization code grant.
    private static bool Includes(JsonElement root, string member, string value) =>
        !root.TryGetProperty(member, out var list)
        || (
            list.ValueKind == JsonValueKind.Array
            && list.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.GetString() == value)
        );

    private static Refusal Refuse(string error, string reason) =>
        OAuthClientErrors.Document.Refuse($"The client's metadata document is refused: {reason}.", ErrorDetail, error);
}
