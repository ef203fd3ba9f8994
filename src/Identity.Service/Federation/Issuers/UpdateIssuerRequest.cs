using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Partial: what is absent or null stays; <c>jwks</c> and <c>allowed_targets</c> are replaced whole.</summary>
internal sealed record UpdateIssuerRequest
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("issuer_url")]
    public string? IssuerUrl { get; init; }

    [JsonPropertyName("jwks")]
    public JsonElement? Jwks { get; init; }

    [JsonPropertyName("check_jti")]
    public bool? CheckJti { get; init; }

    [JsonPropertyName("max_jwt_lifetime_seconds")]
    public int? MaxJwtLifetimeSeconds { get; init; }

    [JsonPropertyName("allowed_targets")]
    public IReadOnlyList<AllowedTargetDocument>? AllowedTargets { get; init; }

    /// <summary>Only <c>false</c>: polling is resumed by hand, never stopped.</summary>
    [JsonPropertyName("jwks_polling_disabled")]
    public bool? JwksPollingDisabled { get; init; }
}
