using System.Text.Json;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>
/// Reads the request of a client that registers itself (RFC 7591 §2). Stricter than the RFC: members with values that this server
/// does not support are refused and not replaced. Members that it does not know are ignored.
/// </summary>
internal static class ClientRegistrationReader
{
    public const int MaxRedirectUris = 10;

    /// <summary>The name of a client that states none.</summary>
    public const string Unnamed = "Unnamed program";

    /// <summary>All that a registered client uses; <c>authorization_code</c> is required of it.</summary>
    public static readonly IReadOnlyList<string> GrantTypes = ["authorization_code", "refresh_token"];

    public static readonly IReadOnlyList<string> ResponseTypes = ["code"];

    public static Result<ClientRegistration> Read(ReadOnlyMemory<byte> body, IReadOnlyList<string> redirectHosts) =>
        ClientMetadata.Read<ClientRegistration>(
            body,
            root => Read(root, redirectHosts),
            malformed => Refuse($"body: {malformed}.")
        );

    private static Result<ClientRegistration> Read(JsonElement root, IReadOnlyList<string> redirectHosts)
    {
        if (root.TryGetProperty("software_statement", out _))
        {
            return OAuthClientErrors.SoftwareStatement.Refuse();
        }

        if (
            root.TryGetProperty("token_endpoint_auth_method", out _)
            && ClientMetadata.FindText(root, "token_endpoint_auth_method") != "none"
        )
        {
            return Refuse("token_endpoint_auth_method: none is the only one, because no client has a secret here.");
        }

        if (!IsSubset(root, "grant_types", GrantTypes) || !IsSubset(root, "response_types", ResponseTypes))
        {
            return Refuse(
                "grant_types: authorization_code is required, and refresh_token may be added; response_types: code."
            );
        }

        if (FindName(root) is not { } name)
        {
            return Refuse(
                $"client_name: 1 to {ClientDocumentReader.MaxNameCharacters} visible characters are required."
            );
        }

        var isBound = false;
        if (root.TryGetProperty("dpop_bound_access_tokens", out var bound))
        {
            if (bound.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                return Refuse("dpop_bound_access_tokens: true or false is required.");
            }

            isBound = bound.GetBoolean();
        }

        var uris = ClientMetadata.FindTexts(root, "redirect_uris") ?? [];
        if (RedirectUris.CheckAll(uris, MaxRedirectUris) is { } problem)
        {
            return OAuthClientErrors.RedirectUri.Refuse($"redirect_uris: {problem}");
        }

        return uris.All(uri => RedirectUris.LeadsTo(redirectHosts, uri))
            ? new ClientRegistration(name, uris, isBound)
            : OAuthClientErrors.RedirectHost.Refuse();
    }

    // The first value is required, as without the member: it is the default (RFC 7591 §2).
    private static bool IsSubset(JsonElement root, string member, IReadOnlyList<string> supported) =>
        !root.TryGetProperty(member, out _)
        || (
            ClientMetadata.FindTexts(root, member) is { } values
            && values.Contains(supported[0])
            && values.All(supported.Contains)
        );

    private static string? FindName(JsonElement root) =>
        !root.TryGetProperty("client_name", out _) ? Unnamed
        : ClientMetadata.FindText(root, "client_name") is { } name && ClientDocumentReader.IsVisible(name) ? name
        : null;

    private static Refusal Refuse(string message) => OAuthClientErrors.Metadata.Refuse(message);
}
