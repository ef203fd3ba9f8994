using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed record CreateIssuerRequest
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("issuer_url")]
    public required string IssuerUrl { get; init; }

    /// <summary>Absent = discovery.</summary>
    [JsonPropertyName("jwks")]
    public JsonElement? Jwks { get; init; }

    [JsonPropertyName("check_jti")]
    public bool? CheckJti { get; init; }

    [JsonPropertyName("max_jwt_lifetime_seconds")]
    public int? MaxJwtLifetimeSeconds { get; init; }

    [JsonPropertyName("allowed_targets")]
    public IReadOnlyList<AllowedTargetDocument>? AllowedTargets { get; init; }
}
