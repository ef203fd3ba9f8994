using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Answer of <c>POST /v1/oauth/token</c> (RFC 6749 §5.1).</summary>
public sealed record TokenResponse
{
    [JsonPropertyName("access_token")]
    public required string AccessToken { get; init; }

    [JsonPropertyName("token_type")]
    public string TokenType { get; init; } = "Bearer";

    /// <summary>Seconds from the answer.</summary>
    [JsonPropertyName("expires_in")]
    public required int ExpiresIn { get; init; }

    [JsonPropertyName("scope")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Scope { get; init; }

    // A record would print the token.
    public override string ToString() => $"{nameof(TokenResponse)} {{ Scope = {Scope}, ExpiresIn = {ExpiresIn} }}";
}
