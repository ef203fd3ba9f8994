using System.Text.Json.Serialization;
using Duende.IdentityModel;

namespace Culvert.Platform.Wire;

/// <summary>Answer of <c>POST /v1/oauth/token</c> (RFC 6749 §5.1).</summary>
public sealed record TokenResponse
{
    [JsonPropertyName(OidcConstants.TokenResponse.AccessToken)]
    public required string AccessToken { get; init; }

    [JsonPropertyName(OidcConstants.TokenResponse.TokenType)]
    public string TokenType { get; init; } = OidcConstants.TokenResponse.BearerTokenType;

    /// <summary>Seconds from the answer.</summary>
    [JsonPropertyName(OidcConstants.TokenResponse.ExpiresIn)]
    public required int ExpiresIn { get; init; }

    [JsonPropertyName(OidcConstants.TokenResponse.Scope)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Scope { get; init; }

    // The generated text of a record would print the token.
    public override string ToString() => $"{nameof(TokenResponse)} {{ Scope = {Scope}, ExpiresIn = {ExpiresIn} }}";
}
