using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

internal sealed record RotateSigningKeyRequest
{
    public static readonly RotateSigningKeyRequest None = new();

    /// <summary>The <c>kid</c> to revoke at once; null = an ordinary early rotation.</summary>
    [JsonPropertyName("compromised_key_id")]
    public string? CompromisedKeyId { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}
