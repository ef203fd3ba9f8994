using System.Buffers.Text;
using System.Text.Json;
using Duende.IdentityModel;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>
/// Whether a token may go to an upstream: a token with an audience must name the upstream (A17). A token that is not a
/// JWT has no audience that the agent could read; there the agent relies on the authorization server, from which it
/// requested the audience.
/// </summary>
internal static class TokenAudience
{
    public static bool IsFor(string token, string audience)
    {
        if (token.Split('.') is not [_, var payload, _])
        {
            return true;
        }

        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return !claims.RootElement.TryGetProperty(JwtClaimTypes.Audience, out var aud)
                || aud.ValueKind switch
                {
                    JsonValueKind.String => aud.ValueEquals(audience),
                    JsonValueKind.Array => aud.EnumerateArray()
                        .Any(a => a.ValueKind == JsonValueKind.String && a.ValueEquals(audience)),
                    _ => false,
                };
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return true;
        }
    }
}
