using System.Text.Json.Serialization;
using Culvert.Platform.Wire;
using Duende.IdentityModel;

namespace Culvert.Machine.Client.Access;

/// <summary>A cached access token.</summary>
public sealed record AccessToken
{
    [JsonPropertyName(OidcConstants.TokenResponse.AccessToken)]
    public required string Value { get; init; }

    [JsonPropertyName(OidcConstants.TokenResponse.TokenType)]
    public required string Type { get; init; }

    [JsonPropertyName(OidcConstants.TokenResponse.Scope)]
    public string Scope { get; init; } = "";

    /// <summary>When this machine requested it, by its own clock.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>By this machine's clock.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The token needs a proof of possession with each use (RFC 9449 §5).</summary>
    [JsonIgnore]
    public bool IsBound => Type.Equals(OidcConstants.TokenResponse.DPoPTokenType, StringComparison.OrdinalIgnoreCase);

    /// <summary>RFC 6749 §7.1: a client must not use a token of a type that it does not understand.</summary>
    public static bool IsKnownType(string type) =>
        string.Equals(type, OidcConstants.TokenResponse.BearerTokenType, StringComparison.OrdinalIgnoreCase)
        || string.Equals(type, OidcConstants.TokenResponse.DPoPTokenType, StringComparison.OrdinalIgnoreCase);

    internal static AccessToken From(TokenResponse answer, DateTimeOffset asked) =>
        new()
        {
            Value = answer.AccessToken,
            Type = answer.TokenType,
            Scope = answer.Scope ?? "",
            IssuedAt = asked,
            ExpiresAt = asked + TimeSpan.FromSeconds(answer.ExpiresIn),
        };

    // The generated text of a record would print the token.
    public override string ToString() => $"{nameof(AccessToken)} {{ Scope = {Scope}, ExpiresAt = {ExpiresAt} }}";
}
