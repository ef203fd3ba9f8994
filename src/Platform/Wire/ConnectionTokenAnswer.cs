using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Answer to <see cref="ConnectionTokenRequest"/>.</summary>
/// <param name="AccessToken">For the upstream alone. A secret.</param>
/// <param name="ExpiresAt">When to ask again at the latest.</param>
/// <param name="ConnectUrl">The page where the person connects again, if the upstream refuses this token.</param>
public sealed record ConnectionTokenAnswer(string AccessToken, DateTimeOffset ExpiresAt, string ConnectUrl)
{
    public const string TypeName = "connection_token";

    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = TypeName;

    // The generated text of a record would print the token.
    public override string ToString() => $"{nameof(ConnectionTokenAnswer)} {{ ExpiresAt = {ExpiresAt:O} }}";
}
