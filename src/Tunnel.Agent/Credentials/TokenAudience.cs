using System.Buffers.Text;
using System.Text.Json;
using Duende.IdentityModel;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>
/// Whether a token may be sent to an upstream: the token's audience must be the upstream (A17). The agent cannot read the
/// audience of a token that is not a JWT; there it relies on the authorization server, from which it requested the
/// audience.
/// </summary>
internal static class TokenAudience
{
    public static bool IsFor(string token, string audience) => Find(token, audience) ?? true;

    /// <summary>Whether the token is a JWT that names the audience.</summary>
    public static bool Names(string token, string audience) => Find(token, audience) ?? false;

    // Null: the token has no audience that can be read.
    private static bool? Find(string token, string audience)
    {
        if (token.Split('.') is not [_, var payload, _])
        {
            return null;
        }

        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return !claims.RootElement.TryGetProperty(JwtClaimTypes.Audience, out var aud)
                ? null
                : aud.ValueKind switch
                {
                    JsonValueKind.String => aud.ValueEquals(audience),
                    JsonValueKind.Array => aud.EnumerateArray()
                        .Any(a => a.ValueKind == JsonValueKind.String && a.ValueEquals(audience)),
                    _ => false,
                };
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
