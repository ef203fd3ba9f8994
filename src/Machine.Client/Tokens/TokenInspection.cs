using System.Text;
using System.Text.Json;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Machine.Client.Tokens;

/// <summary>Header and claims of an identity token, without its signature and unverified, for people.</summary>
public sealed record TokenInspection
{
    private const int MaxAudiences = 8;

    public required JsonElement Header { get; init; }

    public required JsonElement Claims { get; init; }

    public string? Issuer { get; init; }

    public string? Subject { get; init; }

    /// <summary><c>aud</c>, one value or several.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    public DateTimeOffset? IssuedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Parses a token; null when it is not a JWT that the service could accept.</summary>
    public static TokenInspection? Read(string token)
    {
        var bytes = Encoding.ASCII.GetBytes(token);
        if (SignedToken.TryParse(bytes, out var parsed) != JoseRefusal.None)
        {
            return null;
        }

        using var header = JsonDocument.Parse(DecodeSegment(token));
        using var claims = JsonDocument.Parse(parsed!.Claims.Json);
        return new TokenInspection
        {
            Header = header.RootElement.Clone(),
            Claims = claims.RootElement.Clone(),
            Issuer = parsed.Claims.FindString("iss"u8),
            Subject = parsed.Claims.FindString("sub"u8),
            Audiences = ReadAudiences(claims.RootElement),
            IssuedAt = ReadTime(parsed.Claims, "iat"u8),
            ExpiresAt = ReadTime(parsed.Claims, "exp"u8),
        };
    }

    private static byte[] DecodeSegment(string token) =>
        System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(0, token.IndexOf('.', StringComparison.Ordinal)));

    private static IReadOnlyList<string> ReadAudiences(JsonElement claims) =>
        claims.TryGetProperty("aud", out var audience)
            ? audience.ValueKind switch
            {
                JsonValueKind.String => [audience.GetString()!],
                JsonValueKind.Array =>
                [
                    .. audience
                        .EnumerateArray()
                        .Where(element => element.ValueKind == JsonValueKind.String)
                        .Take(MaxAudiences)
                        .Select(element => element.GetString()!),
                ],
                _ => [],
            }
            : [];

    private static DateTimeOffset? ReadTime(ClaimSet claims, ReadOnlySpan<byte> name) =>
        claims.TryFind(name, out var claim) && claim.TryReadNumericDate(out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
